"""An attacker's day: hostile requests, refs and accounts, each against the running forge.

Whatever one request holds, the other cases go on; whatever one account does, no name is served but as judged.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from automation.core.errors import LaikError
from automation.demo import documents
from automation.demo import organisation as org
from automation.demo.gitlabfounding import DEVELOPER
from automation.demo.people import GIT, GitRefused
from automation.reconciler import EVERYTHING, HOSTING, SERVING
from tests.effects.policies import other_policy
from tests.effects.world import BERKAS_OPEN, World

NAMES = {
    f"GIT_{who}_{what}": f"x@{org.TEAM}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}


class Plumbing:
    """A clone in which trees are made by hand: names and shapes that no work tree could hold."""

    def __init__(
        self, world: World, folder: Path, project: str = org.HOSTING, account: str = org.TEAM
    ) -> None:
        self.world, self.project, self.person = world, project, world.who(account)
        self.folder = folder / world.unique("pipa")
        self.address = f"{world.forge.url}/{project}.git"
        self.person._git("clone", "--quiet", "--bare", self.address, str(self.folder))

    def git(self, *words: str, given: bytes = b"") -> str:
        done = subprocess.run(
            [GIT, "-C", str(self.folder), *words], input=given, capture_output=True, check=True, env=NAMES
        )
        return done.stdout.decode().strip()

    def blob(self, content: bytes) -> str:
        return self.git("hash-object", "-w", "--stdin", given=content)

    def tree(self, rows: Iterable[bytes]) -> str:
        return self.git("mktree", "-z", given=b"".join(row + b"\0" for row in rows))

    def rows(self, tree: str) -> list[bytes]:
        listed = subprocess.run(
            [GIT, "-C", str(self.folder), "ls-tree", "-z", tree], capture_output=True, check=True
        )
        return listed.stdout.split(b"\0")[:-1]

    def bomb(self, depth: int = 8, width: int = 10) -> str:
        """A tree of ``width ** depth`` files in a handful of objects."""
        row = f"100644 blob {self.blob(b'x')}"
        for _ in range(depth):
            row = f"040000 tree {self.tree(f'{row}{chr(9)}{n}'.encode() for n in range(width))}"
        return row.split()[2]

    def commit(self, tree: str, *parents: str) -> str:
        given = [word for parent in parents for word in ("-p", parent)]
        return self.git("commit-tree", tree, *given, "-m", "x")

    def with_request(self, path: bytes, content: bytes) -> str:
        """A commit on main with one more file under ``permohonan/``."""
        name = path.removeprefix(b"permohonan/")
        inner = [row for row in self.rows("main:permohonan") if row.partition(b"\t")[2] != name]
        inner.append(b"100644 blob " + self.blob(content).encode() + b"\t" + name)
        top = [row for row in self.rows("main") if row.partition(b"\t")[2] != b"permohonan"]
        top.append(f"040000 tree {self.tree(inner)}\tpermohonan".encode())
        return self.commit(self.tree(top), "main")

    def push(self, what: str, ref: str) -> None:
        self.person._git(
            "--git-dir", str(self.folder), "push", "--quiet", "--force", self.address, f"{what}:{ref}"
        )

    def ask(self, commit: str) -> int:
        branch = self.world.unique("pipa")
        self.push(commit, f"refs/heads/{branch}")
        return self.person.open_request(self.project, branch, "Permintaan hosting")


def close_all(world: World) -> None:
    for one in world.project(org.HOSTING).mergerequests.list(state="opened", get_all=True):
        world.team.close_request(org.HOSTING, one.iid)


@pytest.fixture(autouse=True)
def tidy(world: World) -> Any:
    yield
    close_all(world)


@pytest.fixture(scope="module")
def bystander(world: World) -> str:
    """Somebody else's case, which must go on whatever happens."""
    return world.accepted("orang-lain")


def goes_on(world: World, key: str) -> None:
    """Another case is still worked: what its people write is answered."""
    world.say(org.HEAD, key, "@laik bantuan")
    world.settle(HOSTING)
    world.settle(key)
    assert any("Langkah yang terbuka" in one for one in world.cards(org.CONTROL, int(key[8:]))[-1:])


HOSTILE_YAML = {
    "titik-kode": b'a: "\\Uffffffff"\n',
    "dalam": b"a: " + b"[" * 60000,
    "angka": b"a: " + b"9" * 5000,
    "tanggal": b"a: 2026-99-99\n",
}


def test_no_request_file_stops_other_cases(world: World, bystander: str) -> None:
    numbers = {n: world.ask({f"permohonan/{n}.yaml": text}) for n, text in HOSTILE_YAML.items()}
    goes_on(world, bystander)
    for number in numbers.values():
        assert "tidak dapat diproses" in world.hosting_cards(number)[0]


def test_a_tree_of_a_hundred_million_files_stops_no_other_case(
    world: World, bystander: str, tmp_path: Path
) -> None:
    pipe = Plumbing(world, tmp_path)
    number = pipe.ask(pipe.commit(pipe.bomb(), "main"))
    goes_on(world, bystander)
    assert "tidak dapat diproses" in world.hosting_cards(number)[0]


def test_a_path_that_is_no_text_stops_neither_its_case_nor_others(
    world: World, bystander: str, tmp_path: Path
) -> None:
    key = world.with_application("jalur")
    pipe = Plumbing(world, tmp_path)
    text = world.request_text(key, "jalur", "jalur")
    number = pipe.ask(pipe.with_request(b"permohonan/jalur\xff.yaml", text))
    goes_on(world, bystander)
    world.settle(key)
    assert "bukan permohonan" in world.hosting_cards(number)[0].replace("\\", "").replace("\u200b", "")


def test_a_request_whose_branch_is_gone_is_told_and_does_not_fail_for_ever(
    world: World, bystander: str
) -> None:
    number = world.ask({"permohonan/hilang.yaml": b"a: 1\n"})
    branch = world.project(org.HOSTING).mergerequests.get(number).source_branch
    world.project(org.HOSTING).branches.delete(branch)
    assert world.settle(HOSTING).failed == ()
    goes_on(world, bystander)


def test_a_commit_whose_file_names_cannot_be_digested_is_told_on_the_card(
    world: World, tmp_path: Path
) -> None:
    key = world.with_application("ganti-baris")
    pipe = Plumbing(world, tmp_path, "aplikasi/ganti-baris", org.REVIEWERS[0])
    rows = [*pipe.rows("main"), b"100644 blob " + pipe.blob(b"x").encode() + b"\ta\nb"]
    sha = pipe.commit(pipe.tree(rows), "main")
    pipe.push(sha, "refs/heads/main")
    world.settle(key)
    text = documents.hosting_request(
        key=key, agency=org.AGENCY, name="ganti-baris", parent=org.PARENT, sha=sha
    )
    number = world.ask({"permohonan/ganti-baris.yaml": text})
    world.settle(key)
    assert "ganti baris" in world.hosting_cards(number)[0]


def test_a_tag_object_is_no_commit(world: World, tmp_path: Path) -> None:
    key = world.with_application("tanda")
    pipe = Plumbing(world, tmp_path, "aplikasi/tanda", org.REVIEWERS[0])
    pipe.git("tag", "-a", "-m", "x", "rilis", "main")
    tag = pipe.git("rev-parse", "refs/tags/rilis")
    pipe.push(tag, "refs/tags/rilis")
    text = documents.hosting_request(key=key, agency=org.AGENCY, name="tanda", parent=org.PARENT, sha=tag)
    number = world.ask({"permohonan/tanda.yaml": text})
    world.settle(key)
    assert "tidak tercapai" in world.hosting_cards(number)[0]


def test_a_request_retargeted_right_before_the_merge_is_not_admitted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The head is pinned, the target is not: merged elsewhere it would be served and stand nowhere."""
    key, number = world.approved("alih-tujuan")
    hosting = world.project(org.HOSTING)
    hosting.branches.create({"branch": "samping", "ref": "main"})
    real = world.laik.forge.merge

    def retargeted(*given: Any, **named: Any) -> Any:
        handle = hosting.mergerequests.get(number)
        handle.target_branch = "samping"
        handle.save()
        return real(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(world.laik.forge, "merge", retargeted)
        world.settle(key)
    assert hosting.mergerequests.get(number).state == "merged"
    assert world.memory(key).admitted is None
    assert world.laik.store.ledger.admitted() == ()


def test_a_name_merged_for_one_case_and_not_yet_admitted_goes_to_no_other(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between merge and admission the ledger does not know the name yet; the branch does."""
    first, _ = world.approved("rebutan")
    with monkeypatch.context() as patch:
        patch.setattr(world.laik.forge, "merge", _then_cut(world.laik.forge.merge))
        with pytest.raises(ZeroDivisionError):
            world.settle(first)
    assert world.memory(first).admitted is None
    second = world.with_evidence("perebut")
    other = world.ask({"permohonan/rebutan.yaml": world.request_text(second, "rebutan", "perebut")})
    world.settle(HOSTING)
    world.settle(second)
    card = world.hosting_cards(other)[0]
    assert "Semua syarat terpenuhi" not in card
    world.settle(first)
    assert [one.case for one in world.laik.store.ledger.admitted()] == [first]


def _then_cut(real: Any) -> Any:
    def cut(*given: Any, **named: Any) -> None:
        real(*given, **named)
        raise ZeroDivisionError

    return cut


def test_a_description_written_by_a_maintainer_gives_no_case_another_ones_repository(world: World) -> None:
    """Whoever maintains a repository writes its description; the store knows whose it is by id."""
    owner = world.with_application("milik-orang")
    before = {one.username for one in world.project("aplikasi/milik-orang").members.list(get_all=True)}
    thief = world.accepted("milik-orang")
    project = world.first.project("aplikasi/milik-orang")
    project.description = f"[laik {thief}] aplikasi"
    project.save()
    world.paste(org.HEAD, thief, "ajukan permohonan")
    with pytest.raises(LaikError, match="bukan milik kasus ini"):
        world.settle(thief)
    assert "aplikasi" not in world.memory(thief).projects
    assert {
        one.username for one in world.project("aplikasi/milik-orang").members.list(get_all=True)
    } == before
    world.settle(owner)


def test_a_case_whose_repository_cannot_be_made_says_so_on_its_card(world: World) -> None:
    world.with_application("sudah-ada")
    key = world.accepted("sudah-ada")
    world.paste(org.HEAD, key, "ajukan permohonan")
    with pytest.raises(LaikError):
        world.settle(key)
    assert BERKAS_OPEN in world.memory(key).closed
    assert "Langkah 2 dari 2" in world.cards(org.CONTROL, int(key[8:]))[0].replace("**", "")


def test_a_vendor_file_that_names_laik_or_the_owner_takes_no_rights_from_them(world: World) -> None:
    key = world.with_application("penyedia-jahat")
    accounts = [org.BOT, org.OWNER, *(f"akun-{n}" for n in range(2000))]
    text = "format: laik/penyedia/1\nakun:\n" + "".join(f"  - {one}\n" for one in accounts)
    world.commit(f"berkas/{key.lower()}", {"pengadaan/penyedia.yaml": text.encode()})
    before = world.laik.forge.calls
    world.settle(key)
    assert world.laik.forge.calls - before < 200
    project = world.project("aplikasi/penyedia-jahat")
    direct = {one.username: one.access_level for one in project.members.list(get_all=True)}
    assert direct.get(org.BOT, 50) >= 40
    assert world.writes_of(key) == 0


def test_an_alarm_of_thousands_of_files_is_raised_all_the_same(world: World, tmp_path: Path) -> None:
    pipe = Plumbing(world, tmp_path, account=org.OWNER)
    row = f"100644 blob {pipe.blob(b'x')}"
    inner = [*pipe.rows("main:permohonan"), *(f"{row}\t{'x' * 200}{n}.yaml".encode() for n in range(6000))]
    top = [one for one in pipe.rows("main") if not one.endswith(b"\tpermohonan")]
    top.append(f"040000 tree {pipe.tree(inner)}\tpermohonan".encode())
    before = pipe.git("rev-parse", "main")
    pipe.git("branch", "laju", pipe.commit(pipe.tree(top), "main"))
    pipe.push("laju", "refs/heads/main")
    try:
        world.settle(SERVING)
        issues = world.project(org.CONTROL).issues.list(state="opened", get_all=True)
        alarm = next(one for one in issues if "Penyimpangan" in one.title)
        card = world.cards(org.CONTROL, alarm.iid)[0]
        assert len(card) < 100_000
        assert "dan 5950 lagi" in card
    finally:
        pipe.push(pipe.commit(f"{before}^{{tree}}", pipe.git("rev-parse", "laju")), "refs/heads/main")
        world.settle(SERVING)


def test_a_merge_request_whose_branch_is_gone_holds_up_nothing_in_its_case(world: World) -> None:
    """A forge takes no status for a commit that no branch holds; the vendor can make as many as he likes."""
    key = world.with_application("cabang-hapus")
    application = world.project("aplikasi/cabang-hapus")
    world.commit("aplikasi/cabang-hapus", {"a.md": b"a"}, branch="sementara")
    application.mergerequests.create({"source_branch": "sementara", "target_branch": "main", "title": "x"})
    application.branches.delete("sementara")
    world.say(org.HEAD, key, "@laik bantuan")
    world.settle(key)
    assert world.writes_of(key) == 0


def test_a_status_posted_first_by_somebody_else_keeps_no_case_busy(world: World) -> None:
    """The forge refuses a state that already stands, whoever posted it: laik must not try for ever."""
    key = world.with_application("status-palsu")
    world.commit("aplikasi/status-palsu", {"b.md": b"b"})
    head = world.head("aplikasi/status-palsu")
    commit = world.first.project("aplikasi/status-palsu").commits.get(head)
    for name in ("laik/sop", "laik/hosting", "laik/permohonan"):
        for state in ("pending", "failed"):
            commit.statuses.create({"state": state, "name": name, "description": "bukan laik"})
    world.settle(key)
    assert world.writes_of(key) == 0


def test_a_flood_of_commands_by_a_guest_ends(world: World, bystander: str) -> None:
    key = world.accepted("banjir")
    body = "\n".join(["@laik bantuan"] * 30)
    for _ in range(10):
        world.say(org.VENDOR, key, body)
    before = world.laik.forge.writes
    world.settle(key)
    assert world.laik.forge.writes - before < 60
    goes_on(world, bystander)


def test_an_archived_or_deleted_application_stops_no_other_case(world: World, bystander: str) -> None:
    for slug, act in (("diarsipkan", "archive"), ("dihapus", "delete")):
        key = world.with_application(slug)
        getattr(world.project(f"aplikasi/{slug}"), act)()
        world.say(org.HEAD, key, "@laik bantuan")
        world.settle(key)
        assert world.writes_of(key) == 0
    goes_on(world, bystander)


def test_an_application_that_unfolds_without_end_is_told_on_the_card(world: World, tmp_path: Path) -> None:
    key = world.with_application("bom-pohon")
    pipe = Plumbing(world, tmp_path, "aplikasi/bom-pohon", org.REVIEWERS[0])
    sha = pipe.commit(pipe.bomb(), "main")
    pipe.push(sha, "refs/heads/main")
    world.settle(key)
    text = documents.hosting_request(key=key, agency=org.AGENCY, name="bom-pohon", parent=org.PARENT, sha=sha)
    number = world.ask({"permohonan/bom-pohon.yaml": text})
    world.settle(key)
    assert "security_scan_passed" in world.hosting_cards(number)[0].replace("\\", "")
    assert world.writes_of(key) == 0


ODD_REFS = (
    "refs/tags/main",
    "refs/heads/refs/heads/main",
    "refs/heads/HEAD",
    "refs/heads/a/b",
    "refs/tags/a",
)


def test_refs_with_odd_names_and_a_tag_called_main_change_nothing_that_is_read(
    world: World, tmp_path: Path, bystander: str
) -> None:
    pipe = Plumbing(world, tmp_path, account=org.OWNER)
    evil = pipe.with_request(b"permohonan/palsu.yaml", b"a: 1\n")
    for ref in (*ODD_REFS, f"refs/heads/{'e' * 40}", f"refs/tags/{world.head(org.HOSTING)}"):
        try:
            pipe.push(evil, ref)
        except GitRefused:
            continue
    office = world.laik.office.read()
    assert office.hosting_mirror.head("main") == world.head(org.HOSTING)
    goes_on(world, bystander)
    pipe.push("", "refs/heads/a/b")
    pipe.push(evil, "refs/heads/a")  # a folder of refs becomes a ref
    goes_on(world, bystander)
    pipe.push("", "refs/heads/refs/heads/main")
    pipe.push("", "refs/tags/main")


def test_a_criss_cross_merge_hides_no_second_file(world: World, tmp_path: Path) -> None:
    """With several merge bases the forge and laik may compare with different ones."""
    key, _ = world.approved("silang")
    world.settle(key)
    assert world.memory(key).admitted is not None
    victim = world.memory(key).admitted.path.encode()
    thief = world.with_application("penyilang")
    pipe = Plumbing(world, tmp_path)
    ours = pipe.with_request(
        b"permohonan/penyilang.yaml", world.request_text(thief, "penyilang", "penyilang")
    )
    theirs = pipe.with_request(victim, b"a: 1\n")
    crossed = pipe.commit(f"{ours}^{{tree}}", ours, theirs)
    asked = pipe.ask(pipe.commit(f"{theirs}^{{tree}}", crossed))
    for case in world.settle(HOSTING).follow:
        world.settle(case)
    cards = "".join(world.hosting_cards(asked)).replace("\\", "").replace("\u200b", "")
    # What would be merged is the victim's file, so it is judged as a change of that name, and refused.
    assert f"Perubahan nama untuk {key}" in cards
    assert "✘ belum `hosting_request_is_valid`" in cards
    assert world.project(org.HOSTING).mergerequests.get(asked).state == "opened"
    admitted = world.memory(key).admitted
    assert admitted is not None
    assert admitted.merge_request != asked


def test_a_policy_edited_right_before_the_merge_is_the_one_that_counts(world: World) -> None:
    """The approver lost his role after he approved: nothing is merged until somebody else approves."""
    key, number = world.approved("kebijakan-baru")
    names = ", ".join(f'"{one}"' for one in org.REVIEWERS)
    old, new = f"tim_teknis_diskominfo: [{names}]", f"tim_teknis_diskominfo: [{org.REVIEWERS[0]}]"
    with other_policy(world.laik, world.project(org.CONTROL), old, new):
        world.settle(key)
        assert world.project(org.HOSTING).mergerequests.get(number).state == "opened"


def test_a_sop_and_a_policy_in_the_very_request_that_they_would_judge_are_not_looked_at(world: World) -> None:
    """A laxer SOP and policy, handed in with the request and with the application they are to let through."""
    key, slug = world.with_application("sop-titipan"), "sop-titipan"
    before = world.laik.reconciler.decision(key)
    office = world.laik.office.read(secret=False)
    lax = {
        "checks/sop/ringkas.yaml": b"format: laik/sop/1\nid: ringkas\nsteps: []\n",
        "laik.yaml": office.policy_text.replace(
            b"tim_teknis_diskominfo: [", b'tim_teknis_diskominfo: ["tim-dinkes", '
        ),
    }
    world.commit(f"aplikasi/{slug}", dict(lax))
    number = world.ask({f"permohonan/{slug}.yaml": world.request_text(key, slug, slug), **lax})
    world.settle(key)
    world.settle(HOSTING)
    world.settle(key)
    after = world.laik.reconciler.decision(key)
    assert before is not None
    assert after is not None
    assert after.procedure == before.procedure
    assert after.state.open is not None
    assert after.observation.roles == before.observation.roles
    assert world.project(org.HOSTING).mergerequests.get(number).state == "opened"
    assert "@laik setuju hosting" not in "".join(world.hosting_cards(number))


def test_a_policy_pushed_past_its_owners_gives_nobody_a_role(world: World) -> None:
    """Who may push names himself a reviewer, and approves."""
    key, slug = world.with_evidence("peran-curian"), "peran-curian"
    number = world.ask({f"permohonan/{slug}.yaml": world.request_text(key, slug, slug)})
    world.settle(key)
    project = world.project(org.CONTROL)
    policy = project.files.get("laik.yaml", ref="main")
    text = policy.decode().decode()
    policy.content = text.replace("tim_teknis_diskominfo: [", f"tim_teknis_diskominfo: [{org.OWNER}, ")
    assert policy.content != text
    policy.save(branch="main", commit_message="Curi")
    lines = world.who(org.OWNER).lines_to_paste(org.HOSTING, number, bot=org.BOT, kind="merge_request")
    world.who(org.OWNER).say(org.HOSTING, number, lines[0], kind="merge_request")
    world.settle(key)
    assert world.project(org.HOSTING).mergerequests.get(number).state == "opened"
    policy.content = text
    policy.save(branch="main", commit_message="Kembali")


def test_a_vendor_file_that_makes_the_reviewer_the_vendor_bars_him(world: World) -> None:
    key, number = world.approved("pengembang-baru")
    text = f"format: laik/penyedia/1\nakun: [{org.REVIEWERS[1].upper()}]\n".encode()
    world.commit(f"berkas/{key.lower()}", {"pengadaan/penyedia.yaml": text})
    world.settle(key)
    assert world.project(org.HOSTING).mergerequests.get(number).state == "opened"
    members = world.project("aplikasi/pengembang-baru").members.list(get_all=True)
    assert {one.username: one.access_level for one in members}[org.REVIEWERS[1]] == DEVELOPER


def test_a_head_forced_right_before_the_merge_is_not_merged(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, number = world.approved("dorong-paksa")
    branch = world.project(org.HOSTING).mergerequests.get(number).source_branch
    real = world.laik.forge.merge

    def forced(*given: Any, **named: Any) -> Any:
        world.commit_on(org.HOSTING, branch, {"permohonan/dorong-paksa.yaml": b"a: 1\n"})
        return real(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(world.laik.forge, "merge", forced)
        with pytest.raises(LaikError):
            world.settle(key)
    world.settle(key)
    assert world.project(org.HOSTING).mergerequests.get(number).state == "opened"
    assert world.memory(key).admitted is None


def test_a_link_or_submodule_in_place_of_the_request_file_is_not_merged(world: World, tmp_path: Path) -> None:
    key = world.with_application("tautan")
    pipe = Plumbing(world, tmp_path)
    target = pipe.blob(b"../README.md")
    for mode, what in (("120000", "blob " + target), ("160000", "commit " + "1" * 40)):
        inner = [*pipe.rows("main:permohonan"), f"{mode} {what}\ttautan.yaml".encode()]
        top = [row for row in pipe.rows("main") if not row.endswith(b"\tpermohonan")]
        top.append(f"040000 tree {pipe.tree(inner)}\tpermohonan".encode())
        number = pipe.ask(pipe.commit(pipe.tree(top), "main"))
        world.settle(HOSTING)
        world.settle(key)
        assert world.hosting_cards(number) != []
        assert "tempelkan" not in world.hosting_cards(number)[0]


def test_an_issue_made_confidential_moved_or_deleted_stops_no_other_case(
    world: World, bystander: str
) -> None:
    project = world.project(org.CONTROL)
    hidden, gone = world.accepted("rahasia-isu"), world.accepted("hapus-isu")
    issue = project.issues.get(int(hidden[8:]))
    issue.confidential = True
    issue.save()
    project.issues.get(int(gone[8:])).delete()
    for key in (hidden, gone):
        world.settle(key)
        assert world.writes_of(key) == 0
    assert gone in world.settle(EVERYTHING).follow
    goes_on(world, bystander)


def test_the_name_of_a_name_server_is_refused_before_it_is_merged(world: World) -> None:
    """The zone writer would leave it out: merged, the case would wait for its name for ever."""
    key = world.with_application("peladen-nama")
    control = world.project(org.CONTROL)
    with other_policy(world.laik, control, f"ns1.{org.PARENT}", f"peladen.{org.PARENT}"):
        number = world.ask({"permohonan/peladen.yaml": world.request_text(key, "peladen", "peladen-nama")})
        world.settle(key)
        assert "dicadangkan" in world.hosting_cards(number)[0]


def test_a_branch_that_unfolds_without_end_keeps_what_is_served_and_lets_cases_go_on(
    world: World, bystander: str, tmp_path: Path
) -> None:
    pipe = Plumbing(world, tmp_path, account=org.OWNER)
    before = pipe.git("rev-parse", "main")
    top = [row for row in pipe.rows("main") if not row.endswith(b"\tpermohonan")]
    bomb = pipe.commit(pipe.tree([*top, f"040000 tree {pipe.bomb()}\tpermohonan".encode()]), "main")
    pipe.push(bomb, "refs/heads/main")
    served = world.served()
    try:
        with pytest.raises(LaikError):
            world.settle(SERVING)
        goes_on(world, bystander)
        assert world.served() == served
    finally:
        pipe.push(pipe.commit(f"{before}^{{tree}}", bomb), "refs/heads/main")
        world.settle(SERVING)
