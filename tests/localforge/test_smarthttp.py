from __future__ import annotations

import gzip
import http.client
import io
import os
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from automation.localforge.git import ZERO, FileChange, Repository
from automation.localforge.gitwire import MalformedBody, parse_updates
from automation.localforge.smarthttp import git_app, is_git_path

from .gitworld import Clone, SmallHost, basic, serving


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path / "repo.git")
    made.init()
    return made


@pytest.fixture
def host(repository: Repository) -> SmallHost:
    return SmallHost(repository.path)


@pytest.fixture
def address(host: SmallHost) -> Iterator[str]:
    with serving(git_app(host)) as base:
        yield f"{base}/dinas/layanan.git"


def _clone(tmp_path: Path, address: str, token: str = "tulis", name: str = "kerja") -> Clone:
    Clone(tmp_path, token).git("clone", "-q", address, name)
    return Clone(tmp_path / name, token)


@pytest.fixture
def work(tmp_path: Path, address: str) -> Clone:
    clone = _clone(tmp_path, address)
    clone.git("checkout", "-q", "-B", "main")
    return clone


def test_a_push_arrives_and_the_host_is_told_who_pushed_what(
    work: Clone, repository: Repository, host: SmallHost
) -> None:
    sha = work.commit("README.md", b"halo\n")
    work.git("push", "-q", "origin", "main")
    assert repository.resolve("main") == sha
    assert repository.read("main", "README.md") == b"halo\n"
    assert host.told == [(7, "writer", [("refs/heads/main", ZERO, sha)])]


def test_a_reader_clones_what_was_pushed(work: Clone, tmp_path: Path, address: str) -> None:
    work.commit("README.md", b"halo\n")
    work.git("push", "-q", "origin", "main")
    other = _clone(tmp_path, address, "baca", "lain")
    assert (other.folder / "README.md").read_bytes() == b"halo\n"


def test_a_reader_may_not_push(work: Clone, tmp_path: Path, address: str, repository: Repository) -> None:
    other = _clone(tmp_path, address, "baca", "lain")
    other.commit("x", b"x")
    done = other.git("push", "origin", "HEAD:main", fine=False)
    assert done.returncode != 0
    assert "403" in done.stderr
    assert repository.is_empty()


def test_a_force_push_to_a_protected_branch_is_refused_with_the_reason(
    work: Clone, repository: Repository, host: SmallHost
) -> None:
    first = work.commit("a", b"1")
    work.git("push", "-q", "origin", "main")
    work.git("commit", "-q", "--amend", "-m", "ditulis ulang")
    done = work.git("push", "--force", "origin", "main", fine=False)
    assert done.returncode != 0
    assert "remote: main tidak boleh dipaksa" in done.stderr
    assert repository.resolve("main") == first
    assert len(host.told) == 1


def test_a_force_push_elsewhere_is_let_through(work: Clone, repository: Repository) -> None:
    work.commit("a", b"1")
    work.git("push", "-q", "origin", "HEAD:fitur")
    work.git("commit", "-q", "--amend", "-m", "ditulis ulang")
    work.git("push", "-q", "--force", "origin", "HEAD:fitur")
    assert repository.resolve("fitur") == work.git("rev-parse", "HEAD").stdout.strip()


def test_an_ordinary_push_to_the_same_protected_branch_passes(work: Clone, repository: Repository) -> None:
    work.commit("a", b"1")
    work.git("push", "-q", "origin", "main")
    second = work.commit("a", b"2")
    work.git("push", "-q", "origin", "main")
    assert repository.resolve("main") == second


def test_a_protected_branch_is_not_deleted_but_another_is(
    work: Clone, repository: Repository, host: SmallHost
) -> None:
    sha = work.commit("a", b"1")
    work.git("push", "-q", "origin", "main", "HEAD:lama")
    assert "tidak boleh" in work.git("push", "origin", ":main", fine=False).stderr
    work.git("push", "-q", "origin", ":lama")
    assert repository.branches() == [("main", sha)]
    assert host.told[-1][2] == [("refs/heads/lama", sha, ZERO)]


def test_one_refused_ref_refuses_the_whole_push_on_one_line(work: Clone, repository: Repository) -> None:
    work.commit("a", b"1")
    done = work.git("push", "origin", "main", "HEAD:locked", fine=False)
    assert "remote: cabang locked terkunci" in done.stderr
    assert repository.is_empty()


def test_refs_outside_branches_and_tags_are_refused(work: Clone, repository: Repository) -> None:
    work.commit("a", b"1")
    done = work.git("push", "origin", "HEAD:refs/merge-requests/1/head", fine=False)
    assert "Only branches and tags" in done.stderr
    work.git("tag", "-a", "-m", "rilis", "v1")
    work.git("push", "-q", "origin", "v1")
    assert [name for name, _ in repository.tags()] == ["v1"]


def test_moving_a_tag_is_a_forced_update_even_forward(work: Clone, host: SmallHost) -> None:
    work.commit("a", b"1")
    work.git("push", "-q", "origin", "HEAD:refs/tags/main")
    work.commit("a", b"2")
    host.refused_when_forced = "refs/tags/main"
    assert "tag tetap" in work.git("push", "-f", "origin", "HEAD:refs/tags/main", fine=False).stderr


def test_a_push_of_30_megabytes_comes_through(work: Clone, repository: Repository) -> None:
    content = os.urandom(30 * 1024 * 1024)
    work.commit("besar.bin", content)
    work.git("push", "-q", "origin", "main")
    assert repository.read("main", "besar.bin") == content


def test_nothing_of_a_push_stays_behind_in_the_repository(work: Clone, repository: Repository) -> None:
    work.commit("a", b"1")
    work.git("push", "-q", "origin", "main")
    assert not [entry.name for entry in repository.path.iterdir() if entry.name.startswith(("push-", "tmp"))]


def test_a_tree_with_a_hostile_git_folder_is_refused(work: Clone, repository: Repository) -> None:
    blob = work.commit("a", b"1") and work.git("rev-parse", "HEAD:a").stdout.strip()
    listing = work.folder / "listing"
    listing.write_bytes(b"100644 blob %s\t.GIT\n" % blob.encode())
    tree = _mktree(work, listing)
    evil = work.git("commit-tree", tree, "-m", "jahat").stdout.strip()
    assert work.git("push", "origin", f"{evil}:refs/heads/jahat", fine=False).returncode != 0
    assert repository.is_empty()


def _mktree(work: Clone, listing: Path) -> str:
    # update-index refuses the name, so the tree object is written by hand.
    mode_name, blob = b"100644 .GIT\0", listing.read_bytes().split(b"\t")[0].split()[-1]
    raw = work.folder / "raw"
    raw.write_bytes(mode_name + bytes.fromhex(blob.decode()))
    return work.git("hash-object", "-t", "tree", "-w", "--literally", "raw").stdout.strip()


def _status(address: str, token: str = "", *, data: bytes | None = None, **headers: str) -> int:
    request = urllib.request.Request(address, data=data)
    if token:
        request.add_header("Authorization", basic(token))
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        with refused:
            challenged = refused.headers.get("WWW-Authenticate", "").startswith("Basic ")
            return refused.code if challenged == (refused.code == 401) else -refused.code


@pytest.mark.parametrize(
    ("token", "expected"), [("", 401), ("salah", 401), ("luar", 404), ("baca", 200), ("tulis", 200)]
)
def test_who_may_read_the_refs(address: str, token: str, expected: int) -> None:
    assert _status(f"{address}/info/refs?service=git-upload-pack", token) == expected


def test_a_stranger_cannot_tell_a_private_project_from_none(address: str) -> None:
    nowhere = address.replace("layanan", "tidak-ada")
    assert _status(f"{nowhere}/info/refs?service=git-upload-pack") == 401
    assert _status(f"{nowhere}/info/refs?service=git-upload-pack", "baca") == 404


def test_the_old_dumb_protocol_and_wrong_types_are_refused(address: str) -> None:
    assert _status(f"{address}/info/refs", "baca") == 403
    assert _status(f"{address}/git-upload-pack", "baca", data=b"0000", Content_Type="text/plain") == 415


def test_a_gzip_body_is_unpacked_and_a_broken_one_is_a_bad_request(address: str) -> None:
    kind = {"Content_Type": "application/x-git-receive-pack-request", "Content_Encoding": "gzip"}
    url = f"{address}/git-receive-pack"
    assert _status(url, "tulis", data=gzip.compress(b"0000"), **kind) == 200
    assert _status(url, "tulis", data=gzip.compress(b"0000" * 999)[:-9], **kind) == 400
    assert _status(url, "tulis", data=b"bukan gzip", **kind) == 400
    assert _status(url, "tulis", data=gzip.compress(b"zzzz"), **kind) == 400


def test_git_paths_are_told_from_the_api() -> None:
    assert is_git_path("/a/b/c.git/info/refs")
    assert is_git_path("/a/b.git/git-receive-pack")
    assert not is_git_path("/api/v4/projects/1")


def test_the_head_of_a_push_is_read_and_nonsense_is_refused() -> None:
    line = f"{'a' * 40} {'b' * 40} refs/heads/main\0report-status\n".encode()
    body = f"{len(line) + 4:04x}".encode() + line + b"0000PACK"
    (update,) = parse_updates(io.BytesIO(body))
    assert (update.old, update.new, update.ref) == ("a" * 40, "b" * 40, "refs/heads/main")
    for broken in (b"", b"00", b"0004", b"zzzz", b"0009abcde0000", body[:40]):
        with pytest.raises(MalformedBody):
            parse_updates(io.BytesIO(broken))


def test_an_api_commit_and_a_push_meet_in_one_repository(work: Clone, repository: Repository) -> None:
    sha = work.commit("a", b"1")
    work.git("push", "-q", "origin", "main")
    change = [FileChange("b", b"2")]
    repository.commit_files(
        "main", parent=sha, message="api", author_name="B", author_email="b@x", changes=change
    )
    work.git("pull", "-q", "--ff-only", "origin", "main")
    assert (work.folder / "b").read_bytes() == b"2"


def test_an_exact_commit_is_fetched_shallowly_by_its_id(work: Clone, tmp_path: Path, address: str) -> None:
    first = work.commit("a", b"1")
    work.commit("a", b"2")
    work.git("push", "-q", "origin", "main")
    folder = tmp_path / "cermin"
    folder.mkdir()
    mirror = Clone(folder, "baca")
    mirror.git("init", "-q", "--bare", ".")
    mirror.git("fetch", "-q", "--depth=1", address, first)
    assert mirror.git("cat-file", "-p", f"{first}:a").stdout == "1"


def test_pushes_at_the_same_time_all_arrive_and_all_are_told(
    tmp_path: Path, address: str, repository: Repository, host: SmallHost
) -> None:
    clones = [_clone(tmp_path, address, name=f"kerja-{number}") for number in range(4)]
    wanted = {f"cabang-{number}": clone.commit("a", b"%d" % number) for number, clone in enumerate(clones)}
    threads = [
        threading.Thread(target=clone.git, args=("push", "-q", "origin", f"HEAD:cabang-{number}"))
        for number, clone in enumerate(clones)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dict(repository.branches()) == wanted
    assert {updates[0][2] for _, _, updates in host.told} == set(wanted.values())


def test_a_large_gzip_encoded_chunked_push_comes_through(
    work: Clone, address: str, repository: Repository
) -> None:
    content = os.urandom(6 * 1024 * 1024) * 5
    sha = work.commit("besar.bin", content)
    work.git("repack", "-adq")
    (pack,) = (work.folder / ".git/objects/pack").glob("*.pack")
    line = f"{ZERO} {sha} refs/heads/main\0report-status".encode()
    body = gzip.compress(f"{len(line) + 4:04x}".encode() + line + b"0000" + pack.read_bytes(), 1)
    pieces = [body[start : start + 100_000] for start in range(0, len(body), 100_000)]
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    headers = {
        "Authorization": basic("tulis"),
        "Content-Type": "application/x-git-receive-pack-request",
        "Content-Encoding": "gzip",
        "Transfer-Encoding": "chunked",
    }
    connection.request("POST", f"{parts.path}/git-receive-pack", pieces, headers, encode_chunked=True)
    answer = connection.getresponse()
    assert answer.status == 200
    assert b"unpack ok" in answer.read()
    connection.close()
    assert repository.read("main", "besar.bin") == content
