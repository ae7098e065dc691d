"""`laik init` on both forges: the plan first, all made once, others' things left alone; then laik works."""

from __future__ import annotations

import itertools
import stat
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from automation import cli
from automation.collect.procedures import bundled
from automation.core.errors import InvalidRequest, LaikError
from automation.core.policy import load_policy
from automation.core.setup import SetupPlan, State
from automation.demo import documents
from automation.demo.people import GitRefused
from automation.forges.base import Access, FileWrite, Forge
from automation.forges.github import GitHubForge, TokenAuth
from automation.forges.gitlab import GitLabForge
from automation.forges.wire import is_reading
from automation.keys import EVERYTHING
from automation.settings import from_environment
from automation.setupfolder import SetupFolder
from automation.wiring import build
from tests.effects.initworld import HOOK, InitWorld, init_world

LOGINS = ("gitlab", "token", "app")


@pytest.fixture(scope="module", params=LOGINS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[InitWorld]:
    with init_world(tmp_path_factory.mktemp("awal"), request.param) as running:
        yield running


def lines(plan: SetupPlan, state: State, kind: str = "") -> list[str]:
    return [one.place for one in plan.items if one.state is state and kind in ("", one.kind)]


def told(plan: SetupPlan, state: State) -> str:
    return "\n".join(f"{one.place} {one.text.id} {one.text.en}" for one in plan.items if one.state is state)


def secrets_of(world: InitWorld) -> list[str]:
    keys = [world.tokens["laik"]]
    return [*keys, *world.app.private_key_pem.splitlines()[1:-1]] if world.app else keys


def founded(world: InitWorld, name: str, *, few_labels: bool = False) -> SetupFolder:
    """A folder whose organisation was set up."""
    world.new_office(name)
    place = world.begin(name)
    world.run(place, few_labels=few_labels)
    return place


def broken_at(forge: Forge, number: int) -> None:
    """Let the connection break once the forge has done the ``number``-th write from now."""
    wire: Any = getattr(forge, "_session", None) or vars(forge)["_wire"]
    send, left = wire.send, [number]

    def breaking(request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        if not is_reading(request) and "access_tokens" not in str(request.url):
            left[0] -= 1
            if left[0] == 0:
                send(request, **kwargs)
                raise requests.ConnectionError("putus")
        answer: requests.Response = send(request, **kwargs)
        return answer

    wire.send = breaking


def inventory(world: InitWorld, place: SetupFolder) -> dict[str, Any]:
    """What there is on the forge, without the office's name."""
    forge = world.connect(place)
    found: dict[str, Any] = {}
    try:
        for path in dict.fromkeys(world.groups):
            group = forge.find_group(path)
            assert group is not None
            for project in forge.list_group_projects(group):
                facts = forge.find_protection(project.id, "main")
                assert facts is not None
                files = {
                    name: forge.read_file(project.id, name, "main")
                    for name in ("laik.yaml", "README.md", "CODEOWNERS", "permohonan/README.md")
                }
                own = forge.whoami().username
                found[project.path] = (
                    project.description,
                    {name: (text or b"").replace(own.encode(), b"@") for name, text in files.items()},
                    sorted(
                        (one.user.username.replace(own, "@"), one.access)
                        for one in forge.list_members(project.id)
                    ),
                    (facts.push, facts.merge, facts.force_push, dict(facts.checks).keys()),
                    [(one.url, sorted(one.events), one.enabled) for one in forge.list_hooks(project.id)],
                    _commits(world, project.id, project.path),
                    _labels(world, project.id, project.path),
                )
    finally:
        forge.close()
    return {
        str(key).replace(world.office, "@"): repr(value).replace(world.office, "@")
        for key, value in found.items()
    }


def _commits(world: InitWorld, number: int, path: str) -> int:
    at = f"/projects/{number}/repository/commits" if world.kind == "gitlab" else f"/repos/{path}/commits"
    return len(world.asks("GET", at, token=world.tokens["laik"] if world.kind == "gitlab" else _seer(world)))


def _labels(world: InitWorld, number: int, path: str) -> list[str]:
    at = (
        f"/projects/{number}/labels?per_page=100"
        if world.kind == "gitlab"
        else f"/repos/{path}/labels?per_page=100"
    )
    rows = world.asks("GET", at, token=world.tokens["laik"] if world.kind == "gitlab" else _seer(world))
    return sorted(row["name"] for row in rows)


def _seer(world: InitWorld) -> str:
    """A token that sees the repositories: the organisation's owner."""
    return world.tokens["pemilik-1" if world.app else "laik"]


def test_the_plan_is_shown_before_anything_is_written(world: InitWorld) -> None:
    world.new_office("rencana")
    place = world.begin("rencana")
    plan, written = world.look(place)
    assert written == 0
    assert plan.todo > 20
    assert lines(plan, State.MAKE, "proyek") == [
        f"rencana/{one}" for one in ("kendali", "hosting", "rahasia")
    ]
    assert sorted(one.name for one in place.path.iterdir()) == ["awal.yaml", "rahasia"]
    assert world.look(place)[0] == plan


def test_a_second_run_finds_everything_and_writes_nothing(world: InitWorld) -> None:
    place = founded(world, "dua-kali")
    before = {one: one.read_bytes() for one in place.path.rglob("*") if one.is_file()}
    setup, forge = world.setup(place)
    start = forge.writes
    plan = setup.look()
    assert (plan.todo, plan.blocked) == (0, False)
    assert setup.carry_out(lambda _: None) == 0
    assert forge.writes == start
    forge.close()
    assert before == {one: one.read_bytes() for one in place.path.rglob("*") if one.is_file()}


def test_after_init_laik_serves_from_the_written_settings_and_answers_a_request(world: InitWorld) -> None:
    place = founded(world, "layan")
    laik = build(from_environment(world.settings(place)))
    try:
        assert laik.organise() == 0
        team = world.person("tim-dinkes")
        team.arrives("layan/kendali")
        empty = "_No response_" if world.kind == "github" else ""
        body = documents.request_form("dinkes", slug="antrean", empty=empty)
        number = team.file_issue("layan/kendali", "Permohonan antrean", body)
        waiting = [EVERYTHING]
        while waiting:
            result = laik.reconciler.reconcile(waiting.pop(0))
            assert result.failed == ()
            waiting.extend(result.follow)
        cards = [text for who, text in team.reads("layan/kendali", number) if who == laik.office.me.username]
        assert len(cards) == 1
        assert "**Langkah 1 dari 15**" in cards[0]
        year = laik.forge.get_issue(laik.office.known_projects()["kendali"], number).created_at.year  # type: ignore[union-attr]
        assert laik.forge.find_project(f"{world.groups[1]}/pa-{year}-{number:04d}") is not None
    finally:
        laik.close()


def test_a_run_that_breaks_after_any_write_is_finished_by_the_next_with_nothing_doubled(
    world: InitWorld,
) -> None:
    """Every run gets a write further than the one before: its answer is lost, and it ends there.

    The App's runs get four writes further, since looking at GitHub takes longer.
    """
    if world.login == "token":
        return  # the same adapter as the App's
    expected = inventory(world, founded(world, "utuh", few_labels=True))
    world.new_office("putus")
    place = world.begin("putus")
    for runs in itertools.count(1):
        setup, forge = world.setup(place, few_labels=True)
        assert not setup.look().blocked
        broken_at(forge, 4 if world.app else 1)
        try:
            setup.carry_out(lambda _: None)
            break
        except LaikError:
            assert runs < 90
        finally:
            forge.close()
    assert runs > (6 if world.app else 30)
    setup, forge = world.setup(place, few_labels=True)
    assert setup.look().todo == 0
    forge.close()
    assert inventory(world, place) == expected


def test_owners_of_the_policy_may_merge_a_change_of_it_and_nobody_may_push_one(world: InitWorld) -> None:
    place = founded(world, "pemilik")
    owners = [world.person(one) for one in ("pemilik-1", "pemilik-2")]
    for one in owners:
        one.arrives("pemilik/kendali")
    world.run(place)  # on GitHub they can be named only now
    assert world.look(place)[0].todo == 0
    for number, one in enumerate(owners):
        files: dict[str, bytes | None] = {f"catatan-{number}.md": b"catatan\n"}
        with pytest.raises(GitRefused):
            one.push("pemilik/kendali", files, "Langsung")
        one.push("pemilik/kendali", files, "Usul", branch=f"usul-{number}")
        one.open_request("pemilik/kendali", f"usul-{number}", "Usul perubahan")
    for number in range(len(owners)):
        own = _as(world, f"pemilik-{number + 1}")
        project = own.find_project("pemilik/kendali")
        assert project is not None
        request = next(r for r in own.list_merge_requests(project.id) if r.source_branch == f"usul-{number}")
        assert own.merge(request, sha=request.head_sha, message="Setuju").state == "merged"
        own.close()


def test_nobody_is_let_in_by_a_policy_that_its_owners_did_not_agree_to(
    world: InitWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    """One owner names somebody and merges alone; whoever runs this again must not carry it out."""
    place = founded(world, "sepihak")
    first = world.person("pemilik-1")
    first.arrives("sepihak/kendali")
    world.run(place)
    laik = build(from_environment(place.settings()))
    try:
        text = laik.office.read().policy_text
    finally:
        laik.close()
    wanted = text.replace(b'["teknis-1", "teknis-2"]', b'["teknis-1", "pemilik-1"]')
    assert wanted != text
    first.push("sepihak/kendali", {"laik.yaml": wanted}, "Usul", branch="usul")
    first.open_request("sepihak/kendali", "usul", "Usul")
    own = _as(world, "pemilik-1")
    project = own.find_project("sepihak/kendali")
    assert project is not None
    (request,) = own.list_merge_requests(project.id)
    assert own.merge(request, sha=request.head_sha, message="Sendiri").state == "merged"
    own.close()
    assert cli.run(["init", str(place.path), "--dry-run"]) == 1
    assert "bukan kebijakan yang berlaku menurut buku besar" in capsys.readouterr().out


def _as(world: InitWorld, account: str) -> Forge:
    """The adapter with a person's token."""
    token = world.tokens[account]
    if world.kind == "gitlab":
        return GitLabForge(world.running.url, token)
    return GitHubForge(world.running.url, TokenAuth(token), write_spacing=0)


def test_the_policy_that_exists_is_never_written_over_and_counts(world: InitWorld) -> None:
    place = founded(world, "tetap")
    text = place.answers_file.read_text()
    place.answers_file.write_text(text.replace("[teknis-1, teknis-2]", "[teknis-1, orang-lain]"))
    forge = world.connect(place)
    control = forge.find_project("tetap/kendali")
    assert control is not None
    before = forge.read_file(control.id, "laik.yaml", "main")
    plan = world.run(place)
    assert "peran.tim_teknis_diskominfo" in lines(plan, State.LEFT, "kebijakan")
    assert "merge request" in told(plan, State.LEFT)
    assert "berlaku: teknis-1, teknis-2; awal.yaml: teknis-1, orang-lain" in told(plan, State.LEFT)
    assert plan.todo == 0
    assert forge.read_file(control.id, "laik.yaml", "main") == before
    assert "orang-lain" not in {one.user.username for one in forge.list_members(control.id)}
    forge.close()


def test_settings_that_exist_are_left_and_the_difference_is_told(world: InitWorld) -> None:
    place = founded(world, "setelan")
    place.settings_file.write_text(place.settings_file.read_text().replace("/keadaan'", "/lain'"))
    before = place.settings_file.read_bytes()
    plan = world.run(place)
    assert "LAIK_STATE" in told(plan, State.LEFT)
    assert place.settings_file.read_bytes() == before


def test_a_project_of_somebody_else_is_left_alone_and_stops_the_run(world: InitWorld) -> None:
    world.new_office("asing")
    place = world.begin("asing")
    forge = world.connect(place)
    group = forge.find_group("asing") or forge.ensure_group("asing", "asing")
    theirs = forge.create_project(group, "hosting", name="hosting", description="Situs lama")
    forge.commit_files(theirs.id, "main", "Milik orang", [FileWrite("index.html", b"halo\n")])
    plan, written = world.look(place)
    assert written == 0
    assert plan.blocked
    assert lines(plan, State.BLOCKED) == ["asing/hosting"]
    assert "[laik hosting]" in told(plan, State.BLOCKED)
    assert forge.find_protection(theirs.id, "main") is None or world.kind == "gitlab"
    assert forge.find_project("asing/kendali") is None
    forge.close()


def test_a_hand_made_installation_is_taken_over_as_it_stands(world: InitWorld) -> None:
    place = founded(world, "tangan")
    forge = world.connect(place)
    for name in ("kendali", "hosting", "rahasia"):
        project = forge.find_project(f"tangan/{name}")
        assert project is not None
        at = f"/projects/{project.id}" if world.kind == "gitlab" else f"/repos/{project.path}"
        verb = "PUT" if world.kind == "gitlab" else "PATCH"
        world.asks(verb, at, {"description": ""}, token=_seer(world))
    plan, _ = world.look(place)
    assert (plan.todo, plan.blocked) == (0, False)
    forge.close()


def test_a_webhook_of_an_unknown_secret_is_made_anew(world: InitWorld) -> None:
    place = founded(world, "rahasia-hilang")
    (place.secrets / "hook-secret").unlink()
    plan = world.run(place)
    assert len(lines(plan, State.CHANGE, "webhook")) == 3
    forge = world.connect(place)
    for name in ("kendali", "hosting", "rahasia"):
        project = forge.find_project(f"rahasia-hilang/{name}")
        assert project is not None
        assert [one.url for one in forge.list_hooks(project.id)] == [f"{HOOK}/{world.kind}"]
    forge.close()
    assert world.look(place)[0].todo == 0


def test_secrets_show_nowhere_and_files_are_for_their_owner(world: InitWorld) -> None:
    place = founded(world, "senyap")
    plan, _ = world.look(place)
    hook = (place.secrets / "hook-secret").read_text().strip()
    assert len(hook) == 64
    shown = repr(plan.told()) + place.settings_file.read_text() + place.answers_file.read_text()
    for secret in (hook, *secrets_of(world)):
        assert secret not in shown
    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (place.secrets, *place.secrets.iterdir())}
    assert modes.pop("rahasia") == 0o700
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(place.settings_file.stat().st_mode) == 0o640
    assert stat.S_IMODE((place.path / "keadaan").stat().st_mode) == 0o700
    assert not place.open_to_others()


def test_secrets_that_others_can_read_are_told(world: InitWorld) -> None:
    world.new_office("terbuka")
    place = world.begin("terbuka")
    file = next(place.secrets.iterdir())
    file.chmod(0o644)
    assert file in place.open_to_others()
    plan, _ = world.look(place)
    assert "chmod go=" in told(plan, State.LEFT)


def test_an_account_that_does_not_exist_stops_the_run_before_anything_is_written(world: InitWorld) -> None:
    world.new_office("salah-nama")
    place = world.begin("salah-nama", {"[teknis-1, teknis-2]": "[teknis-1, teknis-9]"})
    plan, written = world.look(place)
    assert written == 0
    assert {place.split()[-1] for place in lines(plan, State.BLOCKED, "anggota")} == {"teknis-9"}


def test_laik_itself_can_hold_no_role(world: InitWorld) -> None:
    if world.login == "app":
        return  # an App's name is refused by the answers already
    world.new_office("diri")
    place = world.begin("diri", {"[kepala-diskominfo]": "[laik]"})
    assert "diri/kendali laik" in lines(world.look(place)[0], State.BLOCKED, "anggota")


@pytest.mark.parametrize(
    "name",
    [
        '"Contoh\\nbot: penyusup"',
        "'{{ 7 * 7 }}{% for a in b %}'",
        "'a: b # c \"d\" [e] {f} & * ! | >'",
        '"Dinas \\u202e terbalik"',
    ],
)
def test_a_hostile_name_stays_a_name_or_is_refused(world: InitWorld, name: str) -> None:
    place = world.begin("jahat", {"pemerintah: Pemerintah Kabupaten Contoh": f"pemerintah: {name}"})
    setup, forge = world.setup(place)
    if "\\n" in name:
        with pytest.raises(InvalidRequest, match=r"U\+000A"):
            setup.look()
        forge.close()
        return
    setup.look()
    forge.close()
    answers = world.answers(place)
    policy = load_policy(first_files(setup)["laik.yaml"])
    assert policy.bot != "penyusup"
    assert policy.organisasi.pemerintah == answers.organisasi.pemerintah.replace("\u202e", "")
    assert set(bundled()) >= set(policy.sop)


def first_files(setup: Any) -> dict[str, bytes]:
    files = setup._first_files("laik")["kendali"]
    return {one.path: one.content for one in files}


@pytest.mark.parametrize("sop", ["bolmut", "bali"])
def test_an_office_that_works_by_another_sop_gets_its_own_roles(world: InitWorld, sop: str) -> None:
    world.new_office(f"kantor-{sop}")
    place = world.begin(sop, sop=sop)
    world.run(place)
    forge = world.connect(place)
    control = forge.find_project(f"kantor-{sop}/kendali")
    assert control is not None
    policy = load_policy(forge.read_file(control.id, "laik.yaml", "main") or b"")
    assert policy.sop == (sop,)
    named = {*policy.peran, *policy.perangkat_daerah["dinkes"].peran}
    assert named == {role.id for role in bundled()[sop].roles if role.scope != "kasus"}
    secret = forge.find_project(f"kantor-{sop}/rahasia")
    assert secret is not None
    assert "teknis-1" in {one.user.username for one in forge.list_members(secret.id)}
    assert world.look(place)[0].todo == 0
    forge.close()


def test_roles_that_the_sop_does_not_have_stop_the_run(world: InitWorld) -> None:
    place = world.begin("salah-sop", {"sop: lombok-tengah": "sop: bali"})
    setup, forge = world.setup(place)
    with pytest.raises(InvalidRequest, match="tim_teknis_diskominfo"):
        setup.look()
    forge.close()


def test_a_policy_of_another_account_stops_the_run(world: InitWorld) -> None:
    if world.login == "app":
        return
    place = founded(world, "lain-bot")
    (place.secrets / "token").write_text(world.tokens["pemilik-1"])
    forge = world.connect(place)
    bot = world.connect(world.begin("lain-bot-2"))
    project = bot.find_project("lain-bot/kendali")
    assert project is not None
    bot.ensure_member(project.id, forge.whoami(), Access.MAINTAINER)
    if world.kind == "github":
        world.person("pemilik-1").arrives("lain-bot/kendali")
    plan, _ = world.look(place)
    assert "pakai token akun itu" in told(plan, State.BLOCKED)
    forge.close()
    bot.close()
