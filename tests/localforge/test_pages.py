from __future__ import annotations

import re
import socket
import subprocess
import time
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from automation.localforge.pages.guard import is_local
from automation.localforge.pages.markdown import to_html, without_comments
from automation.localforge.server import start
from tests.localforge.forgeworld import World, commit

SCRIPT = "<script>alert(1)</script>"
LONG = "x" * 50_000
BRANCH = "fitur/satu"


class Reader(HTMLParser):
    """What a browser would make of a page: elements with attributes, and the text outside of markup."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)

    def links(self) -> list[str]:
        return [attributes["href"] for tag, attributes in self.elements if tag == "a"]

    def headings(self) -> list[int]:
        return [int(tag[1]) for tag, _ in self.elements if re.fullmatch("h[1-6]", tag)]


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with start(tmp_path_factory.mktemp("halaman"), pages=True) as running:
        yield World(running)


@pytest.fixture(scope="module")
def office(forge: World) -> SimpleNamespace:
    """A private project with a file tree, an issue on a board, a milestone, and a merged merge request."""
    readme = "# Layanan antrean\n\nLihat [berkas](docs/panduan.md) dan [folder](docs/).\n"
    files = {"README.md": readme, "docs/panduan.md": "Panduan\n", "docs/gambar.bin": "a\0b"}
    project = forge.project("dinas/layanan", members={"teknis": 40, "warga": 10}, files=files)
    project.description = "Antrean puskesmas"
    project.save()
    label = project.labels.create({"name": "fase::analisis", "color": "#1f78d1"})
    board = project.boards.create({"name": "Kasus"})
    board.lists.create({"label_id": label.id})
    milestone = project.milestones.create({"title": "KAK sah", "due_date": "2026-08-17"})
    issue = forge.seen("teknis", project).issues.create(
        {"title": "Permohonan antrean", "description": "## Tujuan\n\n| a | b |\n|--|--|\n| satu | dua |"}
    )
    issue.labels, issue.milestone_id = ["fase::analisis"], milestone.id
    issue.save()
    issue.notes.create({"body": "<!-- laik:kartu:PA-2026-0001 -->\n**Langkah 5** menunggu"})
    sha = commit(project, {"baru.txt": "isi yang baru\n"}, branch=BRANCH, start_branch="main")
    status = {
        "state": "success",
        "name": "laik/sop",
        "description": "lengkap",
        "target_url": "https://x.test/",
    }
    project.commits.get(sha).statuses.create(status)
    request = project.mergerequests.create(
        {"source_branch": BRANCH, "target_branch": "main", "title": "Tambah berkas"}
    )
    request.notes.create({"body": "Sudah dibaca"})
    forge.seen("teknis", project).mergerequests.get(request.iid).merge()
    return SimpleNamespace(project=project, issue=issue, request=request, milestone=milestone, sha=sha)


def page(address: str, **more: Any) -> requests.Response:
    return requests.get(address, timeout=20, allow_redirects=False, **more)


def opened(address: str) -> Reader:
    answer = page(address)
    assert answer.status_code == 200, address
    return Reader(answer.text)


def test_every_web_url_opens_and_holds_its_text(forge: World, office: SimpleNamespace) -> None:
    project = forge.root.projects.get(office.project.id)
    pipeline = project.pipelines.list(get_all=True)[0]
    wanted = {
        project.web_url: ["Antrean puskesmas", "Layanan antrean", "README.md", "teknis", "fase::analisis"],
        project.namespace["web_url"]: ["dinas/layanan"],
        forge.root.groups.get("dinas").web_url: ["dinas/layanan", "Pemilik"],
        project.issues.get(office.issue.iid).web_url: ["Permohonan antrean", "terbuka", "satu", "Langkah 5"],
        project.mergerequests.get(office.request.iid).web_url: [
            "digabungkan", "oleh teknis", office.sha, "berhasil", "laik/sop", "+isi yang baru",
            "Sudah dibaca",
        ],
        project.commits.get(office.sha).web_url: ["baru.txt (baru)", "+isi yang baru", "laik/sop"],
        project.branches.get(BRANCH).web_url: ["baru.txt"],
        project.branches.get("main").web_url: ["README.md"],
        pipeline.web_url: ["laik/sop", "berhasil"],
        forge.account("teknis").users.list(username="teknis")[0].web_url: ["teknis", "Pengelola"],
    }  # fmt: skip
    for address, texts in wanted.items():
        text = opened(address).text
        assert [one for one in texts if one not in text] == [], address


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "dinas/layanan"),
        ("/dinas/layanan/-/issues", "Permohonan antrean"),
        ("/dinas/layanan/-/issues/1", "KAK sah"),
        ("/dinas/layanan/-/merge_requests", "Tambah berkas"),
        ("/dinas/layanan/-/milestones", "17 Agustus 2026"),
        ("/dinas/layanan/-/milestones/1", "Permohonan antrean"),
        ("/dinas/layanan/-/commits", "Isi"),
        ("/dinas/layanan/-/statuses", "Belum ada status"),
        ("/dinas/layanan/-/blob/main/docs/panduan.md", "Panduan"),
        ("/dinas/layanan/-/blob/main/docs/gambar.bin", "bukan teks"),
        ("/dinas/layanan/-/tree/fitur/satu/docs", "panduan.md"),
        ("/dinas/layanan.git", "Antrean puskesmas"),
    ],
)
def test_the_other_pages_hold_their_text(forge: World, office: SimpleNamespace, path: str, text: str) -> None:
    assert text in opened(forge.forge.url + path).text


def test_every_link_between_the_pages_leads_somewhere(forge: World, office: SimpleNamespace) -> None:
    seen, waiting = set(), ["/"]
    while waiting and len(seen) < 150:
        address = waiting.pop()
        if address in seen or not address.startswith("/"):
            continue
        seen.add(address)
        waiting += opened(forge.forge.url + address).links()
    assert len(seen) > 25


def test_headings_are_in_order_and_the_language_is_named(forge: World, office: SimpleNamespace) -> None:
    for path in ("/", "/dinas/layanan", "/dinas/layanan/-/issues/1", "/dinas/layanan/-/merge_requests/1"):
        found = opened(forge.forge.url + path)
        levels = found.headings()
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in pairwise(levels)), path
        assert ("html", {"lang": "id"}) in found.elements


def test_laiks_hidden_markers_do_not_show(forge: World, office: SimpleNamespace) -> None:
    answer = page(f"{forge.forge.url}/dinas/layanan/-/issues/1").text
    assert "Langkah 5" in answer
    assert "laik:kartu" not in answer


# -- hostile text ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(forge: World) -> SimpleNamespace:
    """A project in which every text that people may write is an attack."""
    path = f"a {SCRIPT.replace('/', '')} &'\".txt"
    body = "\n\n".join(
        [
            SCRIPT,
            "[klik](javascript:alert(1)) [klik](JaVaScRiPt&colon;alert(1)) [klik](data:text/html,x)",
            "[klik](//jahat.test/x) <javascript:alert(1)> ![g](https://jahat.test/pelacak.png)",
            "<img src=x onerror=alert(1)> <a href='javascript:alert(1)'>a</a>",
            '[judul](https://baik.test/ "\\" onmouseover=alert(1)")',
            f"`{SCRIPT}`",
            LONG,
        ]
    )
    files = {path: f"{SCRIPT}\n{LONG}\n", "README.md": body, "besar.txt": "y" * 300_000}
    project = forge.project("dinas/serangan", files=files)
    project.description = SCRIPT
    project.save()
    project.labels.create({"name": f"{SCRIPT}", "color": "#ff0000", "description": SCRIPT})
    project.boards.create({"name": SCRIPT})
    project.milestones.create({"title": SCRIPT, "description": body})
    issue = project.issues.create({"title": SCRIPT, "description": body, "labels": [SCRIPT]})
    issue.notes.create({"body": body.replace(LONG, "")})
    sha = commit(
        project, {f"{SCRIPT.replace('/', '')}2.txt": f"{SCRIPT}\n{LONG}\n"}, "lain", start_branch="main"
    )
    status = {"state": "failed", "name": SCRIPT, "description": SCRIPT, "target_url": "javascript:alert(1)"}
    project.commits.get(sha).statuses.create(status)
    facts = {"source_branch": "lain", "target_branch": "main", "title": SCRIPT, "description": body}
    project.mergerequests.create(facts)
    return SimpleNamespace(path=path, sha=sha)


def hostile_addresses(hostile: SimpleNamespace) -> list[str]:
    root, path = "/dinas/serangan", requests.utils.quote(hostile.path)
    kinds = ["issues", "issues/1", "merge_requests", "merge_requests/1", "milestones", "milestones/1"]
    kinds += [
        "commits/lain",
        f"commit/{hostile.sha}",
        f"blob/main/{path}",
        "tree/lain",
        "blob/main/besar.txt",
    ]
    return ["/", root, *(f"{root}/-/{kind}" for kind in kinds)]


def test_hostile_text_stays_inert_on_every_page(forge: World, hostile: SimpleNamespace) -> None:
    for path in hostile_addresses(hostile):
        found = opened(forge.forge.url + path)
        tags = {tag for tag, _ in found.elements}
        assert tags & {"script", "img", "iframe", "object", "form", "base", "style"} == set(), path
        attributes = {name for _, named in found.elements for name in named}
        assert not any(name.startswith("on") or name == "style" for name in attributes), path
        targets = [
            link for link in found.links() if not link.startswith(("/", "#", "?", "https://baik.test/"))
        ]
        assert targets == [], path
        assert not any(link.startswith("//") for link in found.links()), path


def test_hostile_text_is_shown_as_what_it_is(forge: World, hostile: SimpleNamespace) -> None:
    issue = opened(f"{forge.forge.url}/dinas/serangan/-/issues/1")
    assert SCRIPT in issue.text
    assert "[gambar: g]" in issue.text
    file = opened(f"{forge.forge.url}/dinas/serangan/-/blob/main/{requests.utils.quote(hostile.path)}")
    assert f"{SCRIPT}\n{LONG}" in file.text


def test_a_very_large_file_is_named_and_not_shown(forge: World, hostile: SimpleNamespace) -> None:
    answer = page(f"{forge.forge.url}/dinas/serangan/-/blob/main/besar.txt")
    assert "terlalu besar" in answer.text
    assert len(answer.text) < 10_000


@pytest.mark.parametrize(
    "text",
    [
        "<!--" * 40_000,
        "<!-- a -->" * 15_000,
        "[" * 19_000,
        "*a " * 60_000,
        ">" * 19_000,
        "<!--\n" * 30_000 + "-->",
    ],
    ids=["open", "closed", "brackets", "stars", "quotes", "lines"],
)
def test_text_made_to_be_slow_is_rendered_in_good_time(text: str) -> None:
    start_at = time.monotonic()
    to_html(text)
    assert time.monotonic() - start_at < 10


@pytest.mark.parametrize("text", ["**a** " * 4_000, "**a**\n" * 40_000], ids=["line", "text"])
def test_text_no_person_writes_is_shown_as_plain_text_and_cut(text: str) -> None:
    html = to_html(f"<b>{text}")
    assert html.startswith('<pre class="plain">&lt;b&gt;**a**')
    assert len(html) < 200_100


def test_comments_are_left_out_but_code_and_unclosed_ones_are_not() -> None:
    assert "rahasia" not in to_html("awal <!-- rahasia --> akhir")
    assert "rahasia" not in to_html("<!-- laik:x\nrahasia -->\nisi")
    assert "&lt;!-- laik:x --&gt;" in to_html("`<!-- laik:x -->`")
    assert "&lt;!-- terbuka" in to_html("<!-- terbuka")
    assert without_comments("a<!-- b -->c<!-- d") == "ac<!-- d"


@pytest.mark.parametrize(
    "link", ["../../../../..//jahat.test", "..//jahat.test", "/\\jahat.test", "\\\\jahat.test"]
)
def test_no_relative_link_of_a_readme_leaves_this_server(link: str) -> None:
    found = Reader(to_html(f"[x]({link}) [y](<{link}>)", base="/dinas/layanan/-/blob/main/"))
    assert not any(target.startswith(("//", "/\\", "\\", "http")) for target in found.links())


# -- who may look ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        "jahat.test",
        "127.0.0.1.jahat.test",
        "localhost.jahat.test:80",
        "jahat@127.0.0.1",
        "127.0.0.1:80@jahat.test",
        "",
    ],
)
def test_a_foreign_host_is_turned_away(forge: World, office: SimpleNamespace, host: str) -> None:
    for path in ("/", "/dinas/layanan", "/-/gaya.css", "/tidak-ada"):
        answer = page(forge.forge.url + path, headers={"Host": host})
        assert answer.status_code in {400, 403}
        assert "layanan" not in answer.text


def test_a_second_host_header_does_not_help(forge: World) -> None:
    address = ("127.0.0.1", int(forge.forge.url.rsplit(":", 1)[1]))
    with socket.create_connection(address, timeout=10) as door:
        door.sendall(b"GET / HTTP/1.1\r\nHost: jahat.test\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        first_line = b"".join(iter(lambda: door.recv(65536), b"")).split(b"\r\n")[0]
    assert first_line.split()[1] in {b"400", b"403"}


def test_localhost_may_look_and_a_proxy_may_not(forge: World) -> None:
    port = forge.forge.url.rsplit(":", 1)[1]
    assert page(f"{forge.forge.url}/", headers={"Host": f"LOCALHOST:{port}"}).status_code == 200
    assert page(f"{forge.forge.url}/", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403


@pytest.mark.parametrize(
    ("peer", "allowed"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("192.0.2.7", False),
        ("10.0.0.1", False),
        ("x", False),
    ],
)
def test_only_loopback_peers_may_look(peer: str, allowed: bool) -> None:
    scope = {"client": (peer, 4000), "headers": [(b"host", b"127.0.0.1:8080")]}
    assert is_local(scope) is allowed
    assert is_local({**scope, "client": None}) is False


def test_whoever_comes_through_a_proxy_is_no_loopback_peer_whatever_the_header_says() -> None:
    headers = [(b"host", b"localhost"), (b"x-forwarded-for", b"127.0.0.1")]
    assert is_local({"client": ("127.0.0.1", 4000), "headers": headers}) is False


def test_the_headers_allow_nothing_but_the_own_style(forge: World, office: SimpleNamespace) -> None:
    for path in ("/", "/dinas/layanan", "/tidak-ada", "/-/gaya.css"):
        headers = page(forge.forge.url + path).headers
        policy = headers["content-security-policy"]
        for part in (
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self' data:",
            "frame-ancestors 'none'",
        ):
            assert part in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_no_page_answers_anything_but_get(forge: World, office: SimpleNamespace, method: str) -> None:
    for path in ("/", "/dinas/layanan", "/dinas/layanan/-/issues/1", "/-/gaya.css"):
        answer = requests.request(method, forge.forge.url + path, timeout=20)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize(
    "path",
    [
        "/tidak/ada", "/dinas/layanan/-/issues/99", "/dinas/layanan/-/issues/1x", "/dinas/layanan/-/wiki",
        "/dinas/layanan/-/blob/main/../../x", "/dinas/layanan/-/blob/main/%00",
        "/dinas/layanan/-/tree/--help",
        "/dinas/layanan/-/commit/HEAD", "/-/", "/dinas/layanan/-", "/dinas/layanan/-/pipelines/99999",
    ],
)  # fmt: skip
def test_what_is_not_there_is_404(forge: World, office: SimpleNamespace, path: str) -> None:
    request = requests.Request("GET", forge.forge.url).prepare()
    request.url = forge.forge.url + path  # as it stands: the client would tidy the dots away
    answer = requests.Session().send(request, timeout=20)
    assert answer.status_code == 404
    assert "Tidak ditemukan" in answer.text


def test_looking_changes_nothing(forge: World, office: SimpleNamespace) -> None:
    store = forge.forge.engine.store
    before = store.value("SELECT total_changes()")
    for path in ("/", "/dinas/layanan", "/dinas/layanan/-/issues/1", "/dinas/layanan/-/merge_requests/1"):
        opened(forge.forge.url + path)
    assert store.value("SELECT total_changes()") == before


def test_the_doors_of_rest_and_git_stay_as_they_are(
    forge: World, office: SimpleNamespace, tmp_path: Path
) -> None:
    assert page(f"{forge.forge.url}/api/v4/projects/{office.project.id}").status_code == 404
    assert page(f"{forge.forge.url}/api/v4/version", headers={"Host": "lain.test"}).status_code != 403
    answer = page(f"{forge.forge.url}/dinas/layanan.git/info/refs?service=git-upload-pack")
    assert answer.status_code == 401


def test_without_pages_an_address_tells_how_to_turn_them_on(tmp_path: Path) -> None:
    with start(tmp_path) as running:
        project = World(running).project("dinas/layanan")
        for address in (
            project.web_url,
            f"{running.url}/",
            f"{running.url}/tidak/ada",
            f"{running.url}/-/gaya.css",
        ):
            answer = page(address)
            assert answer.status_code == 404
            assert "laik forge serve --pages" in answer.text
            assert "nyalakan" in answer.text
            assert "turn them on" in answer.text
        assert requests.post(project.web_url, timeout=20).status_code == 404


def test_the_clone_command_of_the_demonstration_clones_without_showing_the_token(
    forge: World, office: SimpleNamespace, tmp_path: Path
) -> None:
    from automation.demo.run import Addresses

    where = Addresses(
        forge.forge.url, "", tmp_path, forge.forge.token_file, case_file=f"{forge.forge.url}/dinas/layanan"
    )
    assert forge.forge.admin_token not in where.clone
    done = subprocess.run(
        ["sh", "-c", where.clone], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "layanan/docs/panduan.md").read_text() == "Panduan\n"


def test_a_project_without_a_commit_opens_on_every_page(forge: World) -> None:
    project = forge.project("dinas/kosong")
    for kind in ("", "/-/issues", "/-/merge_requests", "/-/commits", "/-/milestones", "/-/statuses"):
        assert "kosong" in opened(project.web_url + kind).text


def test_a_long_list_is_turned_over_sheet_by_sheet(forge: World) -> None:
    project = forge.project("dinas/banyak")
    for number in range(53):
        project.issues.create({"title": f"Perihal {number:02d}"})
    first = opened(f"{project.web_url}/-/issues")
    assert "Perihal 52" in first.text
    assert "Perihal 02" not in first.text
    after = next(link for link in first.links() if "halaman=2" in link)
    second = opened(f"{project.web_url}/-/issues{after}")
    assert "Perihal 02" in second.text
    assert "Perihal 03" not in second.text
    assert "Lebih baru" in second.text
