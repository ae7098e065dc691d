from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from automation.collect import mirror_reading
from automation.collect.documents import Tree
from automation.collect.gitcommand import OutputTooLarge, run_git
from automation.collect.mirror import GitTree, Mirror, Mirrors, code_snapshot
from automation.core.errors import ForgeUnreachable, UnreadableDocument
from automation.core.hosting import FileChange

ABSENT = "f" * 40


class World:
    """A project on a forge: a bare repository, and a clone somebody works in."""

    def __init__(self, folder: Path) -> None:
        self.bare, self.clone = folder / "forge.git", folder / "clone"
        self.home = folder
        self.git("init", "-q", "--bare", "-b", "main", str(self.bare), at=folder)
        self.git("clone", "-q", str(self.bare), str(self.clone), at=folder)
        self.git("checkout", "-q", "-b", "main")

    def git(self, *arguments: str, at: Path | None = None, email: str = "tulis@contoh.go.id") -> str:
        identity = {"NAME": "Penulis", "EMAIL": email}
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "GIT_CONFIG_GLOBAL": "/dev/null",
            **{
                f"GIT_{who}_{what}": value
                for who in ("AUTHOR", "COMMITTER")
                for what, value in identity.items()
            },
        }
        where = at or self.clone
        done = subprocess.run(
            ["git", *arguments], cwd=where, env=environment, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    def commit(self, files: dict[str, bytes | None], *, email: str = "tulis@contoh.go.id") -> str:
        for path, content in files.items():
            place = self.clone / path
            if content is None:
                place.unlink()
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "perubahan", email=email)
        return self.git("rev-parse", "HEAD")

    def push(self, *refs: str) -> None:
        self.git("push", "-q", "-f", "origin", *(refs or ("main",)))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def mirrors(tmp_path: Path) -> Mirrors:
    return Mirrors(tmp_path / "mirrors", token_source=lambda: "", protocols=("file",))


def fetched(world: World, mirrors: Mirrors) -> Mirror:
    world.push()
    return mirrors.fetch(7, str(world.bare))


def test_a_mirror_shows_branches_commits_and_files(world: World, mirrors: Mirrors) -> None:
    sha = world.commit({"a.txt": b"satu", "dokumen/kak.md": b"# KAK"})
    mirror = fetched(world, mirrors)
    assert mirror.head("main") == sha
    assert mirror.head("lain") is None
    assert [(fact.path, fact.size) for fact in mirror.tree(sha)] == [("a.txt", 4), ("dokumen/kak.md", 5)]
    assert mirror.read(sha, "a.txt") == b"satu"
    assert mirror.read(sha, "tidak/ada") is None
    assert mirror.read_blob(mirror.tree(sha)[0].blob) == b"satu"
    assert mirror.read_blob(ABSENT) is None
    commit = mirror.commit(sha)
    assert commit is not None
    assert (commit.sha, commit.parents, commit.author_email) == (sha, (), "tulis@contoh.go.id")


def test_an_empty_project_is_mirrored_without_complaint(world: World, mirrors: Mirrors) -> None:
    mirror = mirrors.fetch(7, str(world.bare))
    assert mirror.head("main") is None


@pytest.mark.parametrize("ref", ["refs/merge-requests/3/head", "refs/pull/3/head"])
def test_the_heads_of_requests_are_mirrored_on_either_forge(world: World, mirrors: Mirrors, ref: str) -> None:
    world.commit({"a.txt": b"1"})
    head = world.commit({"a.txt": b"2"})
    world.git("push", "-q", "origin", f"{head}:{ref}")
    assert fetched(world, mirrors).has(head)


def test_a_branch_that_is_gone_on_the_forge_is_gone_in_the_mirror(world: World, mirrors: Mirrors) -> None:
    world.commit({"a.txt": b"1"})
    world.push("main", "main:lama")
    mirror = mirrors.fetch(7, str(world.bare))
    assert mirror.head("lama")
    world.git("push", "-q", "origin", ":lama")
    assert mirrors.fetch(7, str(world.bare)).head("lama") is None


class Told:
    """The forge's own list of heads, read from its repository, and how often it was asked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked = 0

    def __call__(self, project_id: int) -> dict[str, str]:
        self.asked += 1
        rows = self.world.git(
            "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads", at=self.world.bare
        )
        return dict(row.split(" ") for row in rows.splitlines())


@pytest.fixture
def told(world: World) -> Told:
    return Told(world)


@pytest.fixture
def thrifty(tmp_path: Path, told: Told) -> Mirrors:
    return Mirrors(tmp_path / "hemat", token_source=lambda: "", protocols=("file",), heads=told)


def test_nothing_is_fetched_while_the_forge_tells_the_heads_that_are_here(
    world: World, thrifty: Mirrors, told: Told
) -> None:
    world.commit({"a": b"1"})
    world.push()
    for _ in range(3):
        thrifty.fetch(7, str(world.bare))
    assert (thrifty.fetches, told.asked) == (1, 3)
    tip = world.commit({"a": b"2"})
    world.push("main", "main:lain")
    assert thrifty.fetch(7, str(world.bare)).head("lain") == tip
    world.push(":lain")
    assert thrifty.fetch(7, str(world.bare)).head("lain") is None
    assert thrifty.fetches == 3


def test_a_mirror_that_was_lost_is_fetched_whatever_was_fetched_before(
    world: World, thrifty: Mirrors, told: Told, tmp_path: Path
) -> None:
    tip = world.commit({"a": b"1"})
    world.push()
    folder = thrifty.fetch(7, str(world.bare)).folder
    world.git("update-ref", "-d", "refs/heads/main", at=folder)
    assert thrifty.fetch(7, str(world.bare)).head("main") == tip
    assert thrifty.fetches == 2


def test_a_project_of_very_many_branches_is_fetched_and_not_listed_page_by_page(
    world: World, thrifty: Mirrors, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("automation.collect.mirror.HEADS_ASKED", 2)
    world.commit({"a": b"1"})
    world.push("main", "main:b", "main:c")
    for _ in range(3):
        thrifty.fetch(7, str(world.bare))
    assert (thrifty.fetches, told.asked) == (3, 1)


def test_a_project_without_branches_costs_no_fetch(world: World, thrifty: Mirrors) -> None:
    assert thrifty.fetch(7, str(world.bare)).head("main") is None
    assert thrifty.fetches == 0


def test_what_a_force_push_takes_away_can_still_be_read(world: World, mirrors: Mirrors) -> None:
    first = world.commit({"a.txt": b"disetujui"})
    mirror = fetched(world, mirrors)
    mirror.pin(first)
    blob = mirror.tree(first)[0].blob
    world.git("checkout", "-q", "--orphan", "baru")
    second = world.commit({"a.txt": b"diganti diam-diam"})
    world.push("baru:main")
    mirror = mirrors.fetch(7, str(world.bare))
    assert mirror.head("main") == second
    assert not mirror.is_ancestor(first, "main")
    world.git("gc", "--quiet", "--prune=now", at=mirror.folder)
    assert mirror.read_blob(blob) == b"disetujui"


def test_a_commit_that_is_not_here_cannot_be_pinned(world: World, mirrors: Mirrors) -> None:
    world.commit({"a.txt": b"1"})
    with pytest.raises(UnreadableDocument):
        fetched(world, mirrors).pin(ABSENT)


def test_a_commit_on_no_branch_can_be_fetched_by_its_id(world: World, mirrors: Mirrors) -> None:
    lost = world.commit({"a.txt": b"1"})
    world.push()
    world.git("checkout", "-q", "--orphan", "baru")
    world.commit({"b.txt": b"2"})
    world.push("baru:main")
    world.git("config", "uploadpack.allowAnySHA1InWant", "true", at=world.bare)
    mirror = mirrors.fetch(7, str(world.bare))
    assert not mirror.has(lost)
    assert mirror.fetch_commit(lost)
    assert mirror.read(lost, "a.txt") == b"1"
    assert not mirror.fetch_commit(ABSENT)
    mirrors.fetch(7, str(world.bare))
    assert mirror.has(lost)


def test_ancestry_and_merge_base_follow_history(world: World, mirrors: Mirrors) -> None:
    base = world.commit({"a.txt": b"1"})
    world.git("checkout", "-q", "-b", "cabang")
    side = world.commit({"b.txt": b"2"})
    world.git("checkout", "-q", "main")
    tip = world.commit({"c.txt": b"3"})
    world.push("main", "cabang")
    mirror = fetched(world, mirrors)
    assert mirror.is_ancestor(base, "main")
    assert mirror.is_ancestor(tip, "main")
    assert not mirror.is_ancestor(side, "main")
    assert not mirror.is_ancestor(base, "tiada")
    assert mirror.merge_base(side, tip) == base
    assert mirror.merge_base(side, ABSENT) is None


@pytest.mark.parametrize("odd", ["", "main", "--help", "HEAD", "f" * 39, "F" * 40, "../x", "main\n"])
def test_what_is_no_full_commit_id_is_not_there(world: World, mirrors: Mirrors, odd: str) -> None:
    world.commit({"a.txt": b"1"})
    mirror = fetched(world, mirrors)
    assert not mirror.has(odd)
    assert mirror.commit(odd) is None
    assert not mirror.fetch_commit(odd)
    assert mirror.read_blob(odd) is None
    with pytest.raises(UnreadableDocument):
        mirror.tree(odd)


def test_a_commit_id_with_anything_after_it_names_nothing(world: World, mirrors: Mirrors) -> None:
    sha = world.commit({"a.txt": b"1"})
    mirror = fetched(world, mirrors)
    assert mirror.has(sha)
    for odd in (sha + "\n", sha + "^0", sha[:12]):
        assert not mirror.has(odd)
        assert mirror.read_blob(mirror.tree(sha)[0].blob + odd[40:] + "~") is None


def test_changes_name_what_was_added_changed_removed_and_moved(world: World, mirrors: Mirrors) -> None:
    long = b"\n".join(b"baris %d" % number for number in range(50))
    base = world.commit({"ubah.txt": b"1", "hapus.txt": b"x", "pindah.txt": long, "tetap.txt": b"t"})
    head = world.commit(
        {"ubah.txt": b"2", "hapus.txt": None, "pindah.txt": None, "sana/pindah.txt": long, "baru é.txt": b"n"}
    )
    assert fetched(world, mirrors).changes(base, head) == (
        FileChange("baru é.txt", "added"),
        FileChange("hapus.txt", "deleted"),
        FileChange("sana/pindah.txt", "renamed", "pindah.txt"),
        FileChange("ubah.txt", "modified"),
    )


def test_a_file_turned_into_a_link_is_a_change(world: World, mirrors: Mirrors) -> None:
    base = world.commit({"a.txt": b"1"})
    (world.clone / "a.txt").unlink()
    (world.clone / "a.txt").symlink_to("/etc/passwd")
    head = world.commit({})
    mirror = fetched(world, mirrors)
    assert mirror.changes(base, head) == (FileChange("a.txt", "modified"),)
    assert mirror.read(head, "a.txt") is None
    assert mirror.tree(head) == ()
    assert [entry.mode for entry in mirror.entries(head)] == ["120000"]


def test_committers_are_told_by_their_own_mail_even_past_a_mailmap(world: World, mirrors: Mirrors) -> None:
    base = world.commit({"a.txt": b"1"}, email="lama@contoh.go.id")
    world.commit({".mailmap": b"X <orang-lain@contoh.go.id> <Vendor@Contoh.id>\n"}, email="dua@contoh.go.id")
    head = world.commit({"a.txt": b"2"}, email="Vendor@Contoh.id")
    world.push("main:master")  # where a bare repository's HEAD, and so its .mailmap, is looked for
    assert fetched(world, mirrors).committers(base, head) == ("dua@contoh.go.id", "vendor@contoh.id")


def test_a_git_tree_is_a_tree_of_documents(world: World, mirrors: Mirrors) -> None:
    sha = world.commit({"pa-1/k/a.md": b"satu", "pa-1/b.md": b"dua", "pa-10/c.md": b"lain"})
    mirror = fetched(world, mirrors)
    whole: Tree = GitTree(mirror, sha)
    assert [fact.path for fact in whole.files("pa-1/")] == ["pa-1/b.md", "pa-1/k/a.md"]
    assert [fact.path for fact in whole.files("pa-1/b.md")] == ["pa-1/b.md"]
    part: Tree = GitTree(mirror, sha, "pa-1/")
    assert [fact.path for fact in part.files("")] == ["b.md", "k/a.md"]
    assert part.read("b.md") == b"dua"
    assert part.read("../pa-10/c.md") is None
    assert part.read("k") is None


def test_a_large_file_shows_its_size_and_is_not_read(
    world: World, mirrors: Mirrors, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha = world.commit({"video.bin": b"\0" * 2048, "kecil.txt": b"x"})
    mirror = fetched(world, mirrors)
    monkeypatch.setattr(mirror_reading, "FILE_LIMIT", 1024)
    tree = GitTree(mirror, sha)
    assert [fact.size for fact in tree.files("video.bin")] == [2048]
    with pytest.raises(UnreadableDocument, match=r"video\.bin.*2048"):
        tree.read("video.bin")
    with pytest.raises(UnreadableDocument):
        mirror.read_blob(tree.files("video.bin")[0].blob)
    assert tree.read("kecil.txt") == b"x"


def test_the_code_digest_leaves_the_documents_out(world: World, mirrors: Mirrors) -> None:
    first = world.commit({"index.php": b"<?php", "b/z.txt": b"z", "dokumen/a.md": b"1", "dokumenku": b"2"})
    second = world.commit({"dokumen/a.md": b"hasil uji", "dokumen/b.md": b"baru"})
    third = world.commit({"index.php": b"<?php //"})
    mirror = fetched(world, mirrors)
    one, two, three = (code_snapshot(mirror, sha) for sha in (first, second, third))
    assert one.code_digest == two.code_digest != three.code_digest
    assert one.tree != two.tree
    lines = [line for line in world.git("ls-tree", "-r", first).splitlines() if "\tdokumen/" not in line]
    parts = sorted((line.partition("\t")[2], line.split()) for line in lines)
    wanted = "".join(f"{words[0]} {words[2]} {path}\n" for path, words in parts)
    assert one.code_digest == hashlib.sha256(wanted.encode()).hexdigest()


def test_what_was_written_since_the_scaffold_is_told_apart_from_it(world: World, mirrors: Mirrors) -> None:
    scaffold = world.commit({"index.php": b"<?php", "app/Dasar.php": b"<?php // dasar", "dokumen/a.md": b"a"})
    documents = world.commit({"dokumen/a.md": b"presentasi"})
    built = world.commit({"app/Dasar.php": b"<?php // diubah", "app/Antrean.php": b"<?php // baru"})
    mirror = fetched(world, mirrors)
    assert code_snapshot(mirror, scaffold).own == ()
    assert code_snapshot(mirror, documents).own == ()
    own = [fact.path for fact in code_snapshot(mirror, built).own]
    assert own == ["app/Antrean.php", "app/Dasar.php"]


def test_a_history_merged_in_from_elsewhere_does_not_become_the_scaffold(
    world: World, mirrors: Mirrors
) -> None:
    world.commit({"index.php": b"<?php"})
    world.git("checkout", "-q", "--orphan", "lain")
    world.git("rm", "-rfq", ".")
    world.commit({"lama.php": b"<?php // aplikasi lama"})
    world.git("checkout", "-q", "main")
    world.git("merge", "-q", "--allow-unrelated-histories", "--no-edit", "lain")
    merged = world.git("rev-parse", "HEAD")
    world.push("main")
    mirror = mirrors.fetch(7, str(world.bare))
    assert [fact.path for fact in code_snapshot(mirror, merged).own] == ["lama.php"]


def test_a_file_name_that_spells_a_second_line_has_no_digest(world: World, mirrors: Mirrors) -> None:
    sha = world.commit({"a\n100644 " + "0" * 40 + " b": b"x"})
    mirror = fetched(world, mirrors)
    with pytest.raises(UnreadableDocument):
        code_snapshot(mirror, sha)


def test_a_name_that_is_no_utf8_is_read_all_the_same(world: World, mirrors: Mirrors) -> None:
    odd = os.fsdecode(b"nama-\xff.txt")
    sha = world.commit({odd: b"x"})
    mirror = fetched(world, mirrors)
    assert [fact.path for fact in mirror.tree(sha)] == [odd]
    assert mirror.read(sha, odd) == b"x"


def test_a_tree_that_unfolds_without_end_is_given_up(world: World, mirrors: Mirrors) -> None:
    world.commit({"a": b"x"})
    tree = world.git("rev-parse", "HEAD^{tree}")
    for _ in range(12):  # ten times ten times ... the same folder: 10^12 paths in 13 objects
        lines = "".join(f"040000 tree {tree}\td{number}\n" for number in range(10))
        made = subprocess.run(
            ["git", "mktree"], cwd=world.clone, input=lines.encode(), capture_output=True, check=True
        )
        tree = made.stdout.decode().strip()
    bomb = world.git("commit-tree", tree, "-m", "bom")
    world.push(f"{bomb}:refs/heads/main")
    mirror = mirrors.fetch(7, str(world.bare))
    with pytest.raises(OutputTooLarge):
        mirror.tree(bomb)


def test_a_project_that_is_not_there_is_unreachable_not_empty(tmp_path: Path, mirrors: Mirrors) -> None:
    with pytest.raises(ForgeUnreachable):
        mirrors.fetch(9, str(tmp_path / "tiada.git"))


@pytest.mark.parametrize(
    "url",
    ["ext::sh -c true", "https://oauth2:rahasia@forge.contoh.go.id/a.git", "ssh://x/y", "--upload-pack=true"],
)
def test_an_address_with_a_password_or_a_foreign_protocol_is_refused(tmp_path: Path, url: str) -> None:
    mirrors = Mirrors(tmp_path, token_source=lambda: "t", fetch_seconds=5)
    with pytest.raises(ForgeUnreachable) as refusal:
        mirrors.fetch(1, url)
    assert "address not accepted" in str(refusal.value.explain("en")), "refused before git is told of it"
    assert "rahasia" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_a_pack_over_the_limit_is_not_taken_and_leaves_nothing(world: World, tmp_path: Path) -> None:
    small = Mirrors(tmp_path / "m", token_source=lambda: "", protocols=("file",), transfer_limit=256 * 1024)
    world.commit({f"{number}.bin": os.urandom(8192) for number in range(120)})
    world.push()
    with pytest.raises(ForgeUnreachable):
        small.fetch(7, str(world.bare))
    mirror = small.open(7, str(world.bare))
    assert mirror.head("main") is None
    assert list((mirror.folder / "objects" / "pack").iterdir()) == []


def test_many_may_fetch_one_project_at_once(world: World, mirrors: Mirrors) -> None:
    sha = world.commit({"a.txt": b"1"})
    world.push()
    heads: list[str | None] = []
    workers = [
        threading.Thread(target=lambda: heads.append(mirrors.fetch(7, str(world.bare)).head("main")))
        for _ in range(5)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert heads == [sha] * 5


def test_a_command_that_takes_too_long_is_ended(world: World, tmp_path: Path) -> None:
    stopped = run_git(["cat-file", "--batch-check", "--batch-all-objects"], repository=world.bare, seconds=60)
    assert stopped.ok
    late = run_git(
        ["-c", "alias.tidur=!sleep 30", "tidur"], repository=world.bare, seconds=0.2, output_limit=10
    )
    assert late.code == -1


class _Listening(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = self.server
        assert isinstance(server, Listener)
        server.seen.append(self.headers.get("Authorization"))
        self.send_response(302 if server.redirect else 404)
        if server.redirect:
            self.send_header("Location", server.redirect + self.path)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        pass


class Listener(ThreadingHTTPServer):
    """A server that notes the credentials it is given."""

    def __init__(self, redirect: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Listening)
        self.seen: list[str | None] = []
        self.redirect = redirect
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def listeners() -> Iterator[list[Listener]]:
    made: list[Listener] = []
    yield made
    for one in made:
        one.shutdown()
        one.server_close()


def test_the_token_reaches_its_own_server_and_no_other(tmp_path: Path, listeners: list[Listener]) -> None:
    stranger = Listener()
    forge = Listener(redirect=stranger.url)
    listeners += [stranger, forge]
    mirrors = Mirrors(tmp_path / "m", token_source=lambda: "sangat-rahasia")
    with pytest.raises(ForgeUnreachable) as refusal:
        mirrors.fetch(1, f"{forge.url}/aplikasi/x.git")
    wanted = "Basic " + base64.b64encode(b"oauth2:sangat-rahasia").decode()
    assert forge.seen[0] == wanted
    assert stranger.seen == []
    assert "rahasia" not in str(refusal.value)
    written = [place.read_bytes() for place in (tmp_path / "m").rglob("*") if place.is_file()]
    assert not any(b"rahasia" in content or b"Basic" in content for content in written)


def test_another_repository_at_a_projects_address_is_not_taken_for_it(world: World, tmp_path: Path) -> None:
    """git fetches by name: a project was renamed, and somebody else took its old name."""
    world.commit({"laik.yaml": b"asli\n"})
    world.push()
    asked = []

    def told(project_id: int) -> dict[str, str]:
        asked.append(project_id)
        return {"main": "1" * 40}

    mirrors = Mirrors(tmp_path / "cermin", token_source=lambda: "", protocols=("file",), heads=told)
    with pytest.raises(ForgeUnreachable, match="another repository"):
        mirrors.fetch(7, str(world.bare))
    with pytest.raises(ForgeUnreachable):
        mirrors.fetch(7, str(world.bare))
    assert len(asked) <= 8


def test_a_push_between_the_list_of_heads_and_the_fetch_is_no_other_repository(
    world: World, tmp_path: Path
) -> None:
    first = world.commit({"a": b"1"})
    world.push()
    second = world.commit({"a": b"2"})
    world.push()
    heads = iter([{"main": first}, {"main": second}])
    mirrors = Mirrors(
        tmp_path / "cermin", token_source=lambda: "", protocols=("file",), heads=lambda _: next(heads)
    )
    assert mirrors.fetch(7, str(world.bare)).head("main") == second
