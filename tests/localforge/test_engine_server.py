from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import gitlab
import pytest
from click.testing import CliRunner

from automation.cli.forge import command
from automation.localforge.server import start
from tests.localforge.forgeworld import World, commit, world


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("forge")) as made:
        yield made


def test_the_administrators_token_is_in_a_file_only_its_owner_may_read(forge: World) -> None:
    assert stat.S_IMODE(forge.forge.token_file.stat().st_mode) == 0o600
    assert forge.forge.token_file.read_text().strip() == forge.forge.admin_token
    forge.root.auth()
    assert forge.root.user is not None
    assert forge.root.user.username == "root"


def test_the_database_holds_no_token(forge: World) -> None:
    token = forge.token("penyimpan")
    with sqlite3.connect(forge.forge.engine.data_dir / "forge.sqlite3") as db:
        kept = " ".join(str(row) for row in db.execute("SELECT * FROM tokens"))
    assert token not in kept
    assert forge.forge.admin_token not in kept


def test_everything_is_still_there_after_a_restart(tmp_path: Path) -> None:
    with world(tmp_path) as first:
        project = first.project("diskominfo/kendali", files={"laik.yaml": "a: 1\n"})
        project.issues.create({"title": "Permohonan"})
        token = first.token("teknis")
    with start(tmp_path) as second:
        again = gitlab.Gitlab(second.url, private_token=second.admin_token).projects.get("diskominfo/kendali")
        assert again.files.get("laik.yaml", ref="main").decode() == b"a: 1\n"
        assert [issue.title for issue in again.issues.list()] == ["Permohonan"]
        teknis = gitlab.Gitlab(second.url, private_token=token)
        teknis.auth()
        assert teknis.user is not None
        assert teknis.user.username == "teknis"
        assert second.url in again.http_url_to_repo


def test_a_branch_that_moved_while_the_forge_was_down_is_caught_up(tmp_path: Path) -> None:
    with world(tmp_path) as first:
        project = first.project("g/p", files={"a": "1"})
        commit(project, {"b": "2"}, "fitur", start_branch="main")
        request = project.mergerequests.create(
            {"source_branch": "fitur", "target_branch": "main", "title": "T"}
        )
        repository = first.forge.engine.repository(project.id)
    from automation.localforge.git import FileChange

    moved = repository.commit_files(
        "fitur",
        parent=request.sha,
        message="m",
        author_name="a",
        author_email="a@b",
        changes=[FileChange("c", b"")],
    )
    with world(tmp_path) as second:
        assert second.root.projects.get("g/p").mergerequests.get(request.iid).sha == moved


def test_a_wrong_token_opens_nothing_and_a_revoked_one_no_more(forge: World) -> None:
    with pytest.raises(gitlab.GitlabAuthenticationError):
        gitlab.Gitlab(forge.forge.url, private_token="glpat-salah").auth()
    user = forge.root.users.get(forge.id_of("dicabut"))
    made = user.personal_access_tokens.create({"name": "kedua", "scopes": ["api"]})
    client = gitlab.Gitlab(forge.forge.url, private_token=made.token)
    client.auth()
    forge.root.personal_access_tokens.delete(made.id)
    with pytest.raises(gitlab.GitlabAuthenticationError):
        client.auth()


def test_a_read_only_token_reads_and_does_not_write(forge: World) -> None:
    project = forge.project("g-baca/p", members={"pembaca": 30})
    user = forge.root.users.get(forge.id_of("pembaca"))
    token = user.personal_access_tokens.create({"name": "baca", "scopes": ["read_api"]}).token
    client = gitlab.Gitlab(forge.forge.url, private_token=token)
    seen = client.projects.get(project.id)
    with pytest.raises(gitlab.GitlabCreateError) as refusal:
        seen.issues.create({"title": "T"})
    assert refusal.value.response_code == 403


def test_only_an_administrator_makes_accounts_and_tokens(forge: World) -> None:
    with pytest.raises(gitlab.GitlabCreateError) as refusal:
        forge.account("biasa").users.create(
            {"username": "x", "name": "x", "email": "x@x.invalid", "password": "x"}
        )
    assert refusal.value.response_code == 403
    with pytest.raises(gitlab.GitlabHttpError):
        forge.account("biasa").http_post(
            "/users/1/personal_access_tokens", post_data={"name": "x", "scopes": ["api"]}
        )


def test_a_service_account_says_that_it_is_a_bot(forge: World) -> None:
    made = forge.root.http_post("/service_accounts", post_data={"username": "laik-bot", "name": "laik"})
    assert isinstance(made, dict)
    assert forge.root.users.get(made["id"]).bot is True
    assert forge.root.users.list(username="laik-bot")[0].id == made["id"]


def test_lists_come_in_pages_of_at_most_a_hundred_with_totals_and_links(forge: World) -> None:
    project = forge.project("g-halaman/p")
    for number in range(105):
        project.issues.create({"title": f"I{number}"})
    assert len(project.issues.list(get_all=True)) == 105
    answer = forge.root.http_get(f"/projects/{project.id}/issues", query_data={"per_page": 500}, raw=True)
    assert not isinstance(answer, dict)
    assert len(answer.json()) == 100
    wanted = {"X-Total": "105", "X-Total-Pages": "2", "X-Page": "1", "X-Per-Page": "100", "X-Next-Page": "2"}
    assert {name: answer.headers[name] for name in wanted} == wanted
    assert answer.headers["X-Prev-Page"] == ""
    assert 'rel="next"' in answer.headers["Link"]
    by_path = forge.root.projects.get("g-halaman/p", lazy=True)
    assert len(by_path.issues.list(get_all=True)) == 105


def test_an_unchanged_answer_is_304_for_who_has_its_etag(forge: World) -> None:
    address = f"{forge.forge.url}/api/v4/version"
    headers = {"PRIVATE-TOKEN": forge.forge.admin_token}
    with urlopen(Request(address, headers=headers)) as first:
        etag = first.headers["ETag"]
    assert etag.startswith('W/"')
    from urllib.error import HTTPError

    with pytest.raises(HTTPError) as same:
        urlopen(Request(address, headers={**headers, "If-None-Match": etag}))
    assert same.value.code == 304
    same.value.close()


@pytest.mark.off_spec("nonsense")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/projects/0/issues", {"title": "x"}),
        ("/projects/99999999999999999999/issues", {"title": "x"}),
        ("/users", {"username": "\ud800"}),
        ("/users", {"username": {"a": 1}}),
        ("/groups", {"name": "x", "path": "../x"}),
        ("/groups", {"name": "x", "path": "x", "parent_id": "bukan"}),
    ],
)
def test_nonsense_is_a_refusal_and_never_a_crash(forge: World, path: str, body: dict[str, object]) -> None:
    with pytest.raises(gitlab.GitlabHttpError) as refusal:
        forge.root.http_post(path, post_data=body)
    assert refusal.value.response_code in {400, 404}


def test_the_command_line_serves_and_shows_where_the_token_is_but_not_the_token(tmp_path: Path) -> None:
    program = "from automation.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, "forge", "serve", "--data", str(tmp_path), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        said = process.stdout.readline() + process.stdout.readline()
        url = said.split("\n")[0].rpartition(" ")[2]
        token = (tmp_path / "admin-token").read_text().strip()
        client = gitlab.Gitlab(url, private_token=token)
        client.auth()
    finally:
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=20)[0]
    assert str(tmp_path / "admin-token") in said
    assert token not in said + rest
    assert process.returncode == 130


def test_the_command_line_explains_serving(forge: World) -> None:
    result = CliRunner().invoke(command, ["serve", "--help"])
    assert result.exit_code == 0
    assert "--data" in result.output
    assert "--port" in result.output
