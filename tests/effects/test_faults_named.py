"""Faults by name on both forges: each ends in the right state or in a message that says what to do."""

from __future__ import annotations

import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from automation.core.errors import ForgeRefused, ForgeUnreachable, InvalidPolicy
from automation.demo import organisation as org
from automation.forges.base import FileWrite
from automation.forges.github import GitHubForge
from automation.keys import EVERYTHING, HOSTING, SERVING
from automation.localforge import githubpulls, mergerequests
from automation.localforge.projects import project_by_id
from tests.effects.faultdoor import Asked, EachOnce, Fault, Nth
from tests.effects.faultworld import FaultWorld, fault_world

ALWAYS = 10**9


@pytest.fixture(scope="module", params=["gitlab", "github"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FaultWorld]:
    with fault_world(tmp_path_factory.mktemp(request.param), request.param) as running:
        yield running


def on_github(world: FaultWorld) -> bool:
    return bool(world.organisation.forge == "github")


def kinds(world: FaultWorld, key: str) -> Counter[str]:
    return Counter(entry.kind for entry in world.laik.store.ledger.entries(key))


def own_comments(world: FaultWorld, key: str) -> list[str]:
    seen = world.who(org.REVIEWERS[0]).reads(org.CONTROL, int(key[8:]))
    return [text for account, text in seen if account == world.organisation.bot]


def as_administrator(world: FaultWorld, verb: str, path: str, body: dict[str, Any]) -> Any:
    """One bare request by whoever owns the projects."""
    if on_github(world):
        headers = {"Authorization": f"Bearer {world.who(org.OWNER).token}"}
    else:
        headers = {"PRIVATE-TOKEN": world.forge.admin_token}
    api = "/api/v3" if on_github(world) else "/api/v4"
    answer = requests.request(verb, f"{world.forge.url}{api}{path}", json=body, headers=headers, timeout=30)
    assert answer.ok, answer.text
    return answer.json() if answer.content else None


def rename(world: FaultWorld, path: str, name: str) -> str:
    """Give a project another name in its address; its new path."""
    if on_github(world):
        as_administrator(world, "PATCH", f"/repos/{path}", {"name": name})
    else:
        as_administrator(world, "PUT", f"/projects/{path.replace('/', '%2F')}", {"path": name})
    return f"{path.rpartition('/')[0]}/{name}"


@contextmanager
def gone(world: FaultWorld, path: str) -> Iterator[None]:
    """The forge answers as if there were no such project any more."""
    number = world.number(path)
    quoted = path.replace("/", "(/|%2F)")
    places = rf"/(projects|repositories)/({number}|{quoted})(/|$)|/{quoted}(\.git)?(/|$)"
    with world.door.meeting(Nth(Fault.GONE, path=places, last=ALWAYS)):
        yield


def git(world: FaultWorld, path: str, *arguments: str) -> str:
    """Git in the forge's own repository, past all rules."""
    folder = world.forge.engine.repository_path(world.number(path))
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


# ---- merging


def test_a_merge_that_the_forge_cannot_tell_of_yet_is_made_later_and_once(world: FaultWorld) -> None:
    key, number, _ = world.approved("gabung-nanti")
    engine = world.forge.engine
    hosting = project_by_id(engine, world.number(org.HOSTING))
    request = mergerequests.get_merge_request(engine, hosting, number)
    if on_github(world):
        githubpulls.delay(engine, request, 9)
    else:
        engine.quirks.mergeability_seconds = 3600.0
    if on_github(world):
        with pytest.raises(ForgeUnreachable) as refusal:
            world.laik.reconciler.reconcile(key)
        assert "laik mencoba lagi nanti" in refusal.value.remedy.id
        assert sum(world.clock.naps[-3:]) >= 3
    assert world.to_rest(key) == []  # GitLab tries the merge out when it is asked for it
    engine.quirks.mergeability_seconds = 0.0
    counted = kinds(world, key)
    assert {name: counted[name] for name in ("merge_intended", "admitted", "applied", "finished")} == {
        "merge_intended": 1, "admitted": 1, "applied": 1, "finished": 1,
    }  # fmt: skip


# ---- repositories that go, move or are emptied


def test_renamed_repositories_of_a_case_are_followed_by_their_numbers(world: FaultWorld) -> None:
    key = world.with_application("nama-lama")
    before = kinds(world, key)
    application = rename(world, world.aplikasi("nama-lama"), "nama-baru")
    case_file = rename(world, world.berkas(key), "berkas-baru")
    world.who(org.TEAM).push(case_file, {"catatan.md": b"isi"}, "Catatan")
    assert world.to_rest(key, EVERYTHING) == []
    (card,) = own_comments(world, key)
    assert f"{application})" in card
    assert f"{case_file})" in card
    assert kinds(world, key)["provisioned"] == before["provisioned"]
    assert world.laik.forge.find_project(world.aplikasi("nama-lama")) is None


@pytest.mark.parametrize("path", [org.CONTROL, org.HOSTING])
def test_a_renamed_office_project_is_followed_while_laik_runs(world: FaultWorld, path: str) -> None:
    slug = f"kantor-{path.rpartition('/')[2]}"
    key = world.filed(slug)
    moved = rename(world, path, "pindah")
    git(world, moved, "branch", "sembarang", "main")  # so that there is something to fetch
    try:
        assert world.to_rest(key, EVERYTHING) == []
        assert world.memory(key).is_case
    finally:
        git(world, moved, "branch", "-D", "sembarang")
        rename(world, moved, path.rpartition("/")[2])
        world.to_rest(EVERYTHING)


@pytest.mark.parametrize("path", [org.CONTROL, org.HOSTING])
def test_an_office_project_that_is_gone_is_named(world: FaultWorld, path: str) -> None:
    key = world.filed(f"hilang-{path.rpartition('/')[2]}")
    with gone(world, path), pytest.raises(InvalidPolicy) as refusal:
        world.laik.reconciler.reconcile(key)
    assert path in refusal.value.explain()
    assert world.to_rest(key) == []
    assert world.memory(key).is_case


def test_a_deleted_application_is_told_on_the_card_and_nothing_is_made_in_its_place(
    world: FaultWorld,
) -> None:
    key = world.with_application("terhapus")
    before, projects = kinds(world, key), world.asked("SELECT COUNT(*) FROM projects")
    with gone(world, world.aplikasi("terhapus")):
        for _ in range(3):
            world.laik.reconciler.reconcile(key)
        (card,) = own_comments(world, key)
    assert world.asked("SELECT COUNT(*) FROM projects") == projects
    assert kinds(world, key)["provisioned"] == before["provisioned"]
    assert "tidak ditemukan" in card
    assert world.to_rest(key) == []
    assert "tidak ditemukan" not in own_comments(world, key)[0]


def test_an_emptied_case_file_is_no_end_and_comes_back_as_it_was(world: FaultWorld) -> None:
    key = world.with_application("dikosongkan")
    path, before = world.berkas(key), own_comments(world, key)
    head = git(world, path, "rev-parse", "refs/heads/main")
    git(world, path, "update-ref", "-d", "refs/heads/main")
    world.to_rest(key)
    assert len(own_comments(world, key)) == 1
    git(world, path, "update-ref", "refs/heads/main", head)
    assert world.to_rest(key) == []
    assert own_comments(world, key) == before


# ---- tokens


def revoke(world: FaultWorld) -> int:
    """End every token of laik's account; how many held."""
    me = world.laik.forge.whoami().id
    held = int(world.asked("SELECT COUNT(*) FROM tokens WHERE user_id = ? AND revoked = 0", me)[0][0])
    world.forge.engine.store.run("UPDATE tokens SET revoked = 1 WHERE user_id = ?", me)
    return held


def test_a_token_that_ends_in_mid_run_is_told_with_its_setting_or_renewed_without_loss(
    world: FaultWorld,
) -> None:
    ended: list[int] = []

    def end_it(asked: Asked) -> None:
        if asked.writes and not asked.path.endswith("/access_tokens"):
            seen.append(asked.path)
            if len(seen) == 6:
                ended.append(revoke(world))

    seen: list[str] = []
    key = world.filed("token-habis")
    world.door.before = end_it
    try:
        if on_github(world):
            assert world.to_rest(key) == []
        else:
            with pytest.raises(ForgeRefused) as refusal:
                world.laik.reconciler.reconcile(key)
            assert "LAIK_TOKEN_FILE" in refusal.value.remedy.id
    finally:
        world.door.before = None
        world.forge.engine.store.run(
            "UPDATE tokens SET revoked = 0 WHERE user_id = ?", world.laik.forge.whoami().id
        )
    assert len(ended) == 1
    assert ended[0] >= 1
    world.to_rest(key)
    world.paste(org.HEAD, key, "ajukan permohonan")
    world.to_rest(key)
    assert kinds(world, key)["provisioned"] == 2
    assert len(own_comments(world, key)) == 1


def test_a_token_that_is_refused_for_good_is_told_with_its_setting(world: FaultWorld) -> None:
    key = world.filed("token-dicabut")
    with (
        world.door.meeting(Nth(Fault.UNSIGNED, path="/api/", last=ALWAYS)),
        pytest.raises(ForgeRefused) as refusal,
    ):
        world.laik.reconciler.reconcile(key)
    assert ("LAIK_APP_KEY_FILE" if on_github(world) else "LAIK_TOKEN_FILE") in refusal.value.remedy.id
    assert world.to_rest(key) == []


def test_a_machine_whose_clock_is_wrong_is_told_so_by_an_app(world: FaultWorld) -> None:
    forge = world.laik.forge
    if not isinstance(forge, GitHubForge):
        return
    key = world.filed("jam-salah")
    credentials: Any = forge._credentials
    real = credentials._now
    try:
        credentials._now = lambda: real() + 7200
        with pytest.raises(ForgeRefused, match="jam mesin") as refusal:
            world.laik.reconciler.reconcile(key)
        assert "LAIK_APP_KEY_FILE" in refusal.value.remedy.id
    finally:
        credentials._now = real
    assert world.to_rest(key) == []


@pytest.mark.parametrize("seconds", [-400_000.0, 400_000.0])
def test_a_clock_that_jumps_between_requests_holds_nothing_up(world: FaultWorld, seconds: float) -> None:
    key = world.filed(f"jam-lompat{'-' if seconds < 0 else '-maju-'}x")
    asked: list[str] = []

    def jump(one: Asked) -> None:
        asked.append(one.path)
        if len(asked) in {5, 12}:
            world.clock.at += seconds if len(asked) == 5 else -seconds

    naps = len(world.clock.naps)
    world.door.before = jump
    try:
        assert world.to_rest(key, script=Nth(Fault.LIMIT_TOLD, "POST", "^/api/", first=2, last=2)) == []
    finally:
        world.door.before = None
    assert len(asked) > 12
    assert sum(world.clock.naps[naps:]) <= 2
    assert kinds(world, key)["provisioned"] == 1


# ---- lists that change while they are read


def test_a_card_that_moves_to_an_earlier_page_while_it_is_read_is_not_written_again(
    world: FaultWorld,
) -> None:
    key = world.filed("geser")
    issue, number = int(key[8:]), world.number(org.CONTROL)
    target = world.asked("SELECT id FROM issues WHERE project_id = ? AND iid = ?", number, issue)[0][0]
    talk(world, number, target, 100)
    world.to_rest(key)
    cut: list[str] = []

    def take_one_away(asked: Asked) -> None:
        pages.append(asked.path)
        if len(pages) == 2:
            sql = "SELECT MIN(id) FROM notes WHERE target = 'issue' AND target_id = ? AND system = 0"
            first = world.asked(sql, target)[0][0]
            world.forge.engine.store.run("DELETE FROM notes WHERE id = ?", first)
            cut.append(str(first))

    pages: list[str] = []
    world.paste(org.HEAD, key, "ajukan permohonan")
    world.door.before = lambda one: take_one_away(one) if _lists_comments(one, issue) else None
    try:
        world.to_rest(key)
    finally:
        world.door.before = None
    world.to_rest(key)
    assert cut
    cards = [text for text in own_comments(world, key) if text.startswith("<!-- laik:kartu:")]
    assert len(cards) == 1
    assert kinds(world, key)["closed"] == 1


def talk(world: FaultWorld, project: int, issue: int, count: int) -> None:
    """So many comments by somebody who says nothing that matters."""
    engine = world.forge.engine
    author = world.asked("SELECT id FROM users WHERE username = ?", org.OTHER_TEAM)[0][0]
    about = {"project_id": project, "target": "issue", "target_id": issue, "author_id": author}
    times = {"created_at": engine.now(), "updated_at": engine.now()}
    with engine.store.transaction():
        for one in range(count):
            engine.store.insert("notes", body=f"Catatan {one}", **about, **times)


def _lists_comments(asked: Asked, issue: int) -> bool:
    return asked.method == "GET" and asked.path.endswith(
        (f"/issues/{issue}/comments", f"/issues/{issue}/notes")
    )


# ---- the default branch


def rename_default(world: FaultWorld, path: str, old: str, new: str, *, protected: bool) -> None:
    """As the forge's own renaming of a branch: gone under the old name, the default under the new one."""
    number, store = world.number(path), world.forge.engine.store
    git(world, path, "branch", "-m", old, new)
    store.run("UPDATE projects SET default_branch = ? WHERE id = ?", new, number)
    if protected:
        store.run("UPDATE protections SET name = ? WHERE project_id = ? AND name = ?", new, number, old)
        store.run(
            "UPDATE github_protections SET branch = ? WHERE project_id = ? AND branch = ?", new, number, old
        )


def alarms(world: FaultWorld) -> list[str]:
    return list(world.who(org.REVIEWERS[0]).alarms(org.CONTROL, "penyimpangan"))


@pytest.mark.parametrize("fault", [Fault.DONE_THEN_500, Fault.DONE_THEN_CUT])
def test_an_alarm_whose_every_write_is_lost_on_the_way_back_is_raised_once(
    world: FaultWorld, fault: Fault
) -> None:
    hosting, path = world.number(org.HOSTING), f"permohonan/liar-{fault.name.lower()}.yaml"
    before = world.asked("SELECT COUNT(*) FROM issues")[0][0]
    world.laik.forge.commit_files(hosting, "main", "Liar", [FileWrite(path, b"kasus: x\n")])
    script = EachOnce([fault])
    assert world.to_rest(SERVING, script=script)
    assert len(alarms(world)) == 1
    world.laik.forge.commit_files(hosting, "main", "Pulihkan", [FileWrite(path, None)])
    world.to_rest(SERVING, script=script)
    assert alarms(world) == []
    assert world.asked("SELECT COUNT(*) FROM issues")[0][0] == before + 1
    assert len(script.met) == 3  # made, told, closed


def test_a_renamed_hosting_branch_is_no_attack_and_goes_on_only_when_it_is_protected(
    world: FaultWorld,
) -> None:
    if not world.laik.store.ledger.admitted():
        world.play("cabang")
    served = sorted((world.laik.settings.out / "current").resolve().rglob("*"))
    try:
        rename_default(world, org.HOSTING, "main", "utama", protected=False)
        for key in (HOSTING, SERVING):
            with pytest.raises(InvalidPolicy) as refusal:
                world.laik.reconciler.reconcile(key)
            assert "utama" in refusal.value.explain()
            assert "main" in refusal.value.explain()
        assert alarms(world) == []
        rename_default(world, org.HOSTING, "utama", "main", protected=False)
        rename_default(world, org.HOSTING, "main", "utama", protected=True)
        assert world.to_rest(HOSTING, SERVING) == []
        assert alarms(world) == []
        assert sorted((world.laik.settings.out / "current").resolve().rglob("*")) == served
    finally:
        rename_default(world, org.HOSTING, "utama", "main", protected=True)
    assert world.to_rest(HOSTING, SERVING) == []
