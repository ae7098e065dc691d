"""``laik doctor --json`` on a running forge of each dialect, with each misconfiguration planted in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib import resources
from pathlib import Path

import pytest

from automation import cli, wiring
from automation.core.health import State
from automation.demo import organisation as org
from automation.forges.base import Access, FileWrite, Forge
from automation.settings import ForgeKind, Settings
from automation.smoke import play
from automation.smoke.scene import marker
from tests.effects.clinic import Clinic, Found, calendar_of_today, clinic
from tests.effects.faults import PLANTED, Planted

ALWAYS: dict[str, State] = calendar_of_today()
"""What laik says of itself whatever the office: the holidays it came with last so long."""


@pytest.fixture(scope="module")
def offices(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[ForgeKind], Clinic]]:
    """One office a dialect for the whole file, made when it is first asked for."""
    made: dict[ForgeKind, Clinic] = {}
    with ExitStack() as stack:

        def office(dialect: ForgeKind) -> Clinic:
            if dialect not in made:
                made[dialect] = stack.enter_context(clinic(tmp_path_factory.mktemp("klinik"), dialect))
            return made[dialect]

        yield office


@pytest.fixture(params=["gitlab", "github"])
def office(request: pytest.FixtureRequest, offices: Callable[[ForgeKind], Clinic]) -> Clinic:
    return offices(request.param)


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[Forge]:
    """The adapters that runs of the command have used."""
    made: list[Forge] = []
    connect = wiring.connect

    def keep(settings):
        made.append(connect(settings))
        return made[-1]

    monkeypatch.setattr(wiring, "connect", keep)
    return made


def writes(used: list[Forge]) -> int:
    # An App's hourly token is asked for with a POST; it changes nothing.
    return sum(one.writes for one in used)


def test_a_healthy_office_is_well_and_nothing_was_written(office: Clinic, used: list[Forge]) -> None:
    found = office.doctor()
    assert found.bad == set(ALWAYS), found.report
    assert found.ids("unknown") == set()
    assert found.code == 0
    assert found.report["fail"] == 0
    assert found.report["ok"] == len(found.report["checks"]) - len(ALWAYS)
    assert writes(used) <= (1 if office.dialect == "github" else 0)


def test_a_policy_may_name_a_sop_of_the_organisations_own(office: Clinic, tmp_path: Path) -> None:
    text = resources.files("checks").joinpath("sop/bolmut.yaml").read_text("utf-8")
    (tmp_path / "milik-sendiri.yaml").write_text(
        text.replace("id: bolmut\n", "id: milik-sendiri\n", 1), "utf-8"
    )
    with office.policy("sop: [lombok-tengah]", "sop: [lombok-tengah, milik-sendiri]"):
        assert "policy_loads" in office.doctor().bad
        found = office.doctor(environment={"LAIK_SOP": str(tmp_path)})
    assert {row["state"] for row in found.of("policy_loads")} == {"ok"}


@pytest.mark.parametrize(
    ("office", "planted"),
    [
        pytest.param(dialect, one, id=f"{dialect}-{one.name}")
        for dialect in ("gitlab", "github")
        for one in PLANTED
        if dialect in one.dialects
    ],
    indirect=["office"],
)
def test_each_misconfiguration_turns_its_own_check_bad_and_no_other(
    planted: Planted, office: Clinic, used: list[Forge]
) -> None:
    with planted.fault(office) as changed:
        found = office.doctor(environment=changed)
    assert found.bad - set(ALWAYS) == {planted.bad}, _told(found)
    worst = "fail" if planted.fails else "warn"
    assert {one["state"] for one in found.of(planted.bad)} & {"fail", "warn"} == {worst}
    assert found.code == (1 if planted.fails else 0)
    for one in found.of(planted.bad):
        if one["state"] in {"fail", "warn"}:
            assert all((one["message"]["id"], one["message"]["en"], one["remedy"]["id"], one["remedy"]["en"]))
    assert writes(used) <= (1 if office.dialect == "github" else 0)


def _told(found: Found) -> list[str]:
    return [
        f"{one['id']} {one['where']}: {one['message']['en']}"
        for one in found.report["checks"]
        if one["state"] != "ok"
    ]


def test_every_fault_was_mended(office: Clinic) -> None:
    found = office.doctor()
    assert found.bad == set(ALWAYS), _told(found)
    assert found.ids("unknown") == set()


def test_what_hangs_on_a_missing_thing_is_unknown_and_never_left_out(office: Clinic) -> None:
    all_ids = office.doctor().ids("ok", "warn", "fail", "unknown")
    nothing = dict.fromkeys(office.environment, None)
    for environment in ({"LAIK_KENDALI": "diskominfo/tidak-ada"}, {"LAIK_URL": "http://127.0.0.1:9"}):
        assert all_ids - office.doctor(environment=environment).ids("ok", "warn", "fail", "unknown") <= {
            "live_leftovers"
        }
    bare = office.doctor(environment=nothing)
    assert {one["where"] for one in bare.of("settings_complete")} >= {
        "LAIK_URL",
        "LAIK_KENDALI",
        "LAIK_STATE",
    }
    of_the_machine = {"git_program", "hosting_checkers", "hook_address", "settings_complete", "calendar_year"}
    assert bare.ids("ok") <= of_the_machine
    assert bare.code == 1


def test_the_live_scene_proves_everything_and_leaves_nothing(office: Clinic) -> None:
    found = office.doctor("--live")
    assert found.bad == set(ALWAYS), _told(found)
    assert found.ids("unknown") == set()
    lived = [one for one in found.report["checks"] if one["id"].startswith("live_")]
    assert len(lived) == 16
    assert all(one["seconds"] >= 0 for one in lived if one["id"] != "live_leftovers")
    assert trials(office) == []


def trials(office: Clinic) -> list[str]:
    group = office.laik.forge.find_group(office.organisation.case_files)
    assert group is not None
    return [one.path for one in office.laik.forge.list_group_projects(group) if "laik-uji" in one.path]


class Stop(BaseException):
    """As Ctrl-C."""


@pytest.mark.parametrize("title", ["commits and branches", "a merge request", "an edited comment"])
def test_the_live_scene_cleans_up_when_it_is_broken_off(office: Clinic, title: str) -> None:
    told = []

    def begin(what):
        if what.en == title:
            raise Stop

    with pytest.raises(Stop):
        play(
            office.laik.forge,
            office.laik.settings,
            office.organisation.case_files,
            begin=begin,
            tell=told.append,
            sleep=lambda _: None,
        )
    assert [one.state for one in told] == ["ok"]
    assert trials(office) == []


def test_ctrl_c_in_the_live_scene_ends_with_130_and_leaves_nothing(
    office: Clinic, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    connect = wiring.connect

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def broken_off(settings: Settings) -> Forge:
        made = connect(settings)
        monkeypatch.setattr(made, "create_merge_request", interrupted)
        return made

    monkeypatch.setattr(wiring, "connect", broken_off)
    for name, value in office.environment.items():
        monkeypatch.setenv(name, value)
    assert cli.run(["doctor", "--json", "--live"]) == 130
    assert "Proyek uji dihapus." in capsys.readouterr().err
    assert trials(office) == []


def test_a_failing_step_keeps_what_hangs_on_it_from_being_tried_and_all_is_removed(office: Clinic) -> None:
    class NoProtection:
        """The forge, but for one thing that fails as it does on a plan without it."""

        def __getattr__(self, name):
            return getattr(office.laik.forge, name)

        def ensure_protection(self, project_id, wanted):
            return office.laik.forge.ensure_protection(10**9, wanted)

    checks = play(NoProtection(), office.laik.settings, office.organisation.case_files)
    states = {one.id: one.state for one in checks}
    assert states["live_protection"] == "fail"
    assert states["live_required_check"] == states["live_merge"] == "unknown"
    assert states["live_pinned_merge"] == states["live_edit"] == states["live_cleanup"] == "ok"
    assert trials(office) == []


def test_leftovers_are_named_and_removed_on_request_and_others_projects_stay(office: Clinic) -> None:
    forge = office.laik.forge
    group = forge.find_group(office.organisation.case_files)
    assert group is not None
    left = forge.create_project(
        group, "laik-uji-0a1b2c3d", name="laik-uji-0a1b2c3d", description=marker("laik-uji-0a1b2c3d")
    )
    forge.commit_files(left.id, "main", "Uji", [FileWrite("README.md", b"uji")])
    other = forge.create_project(
        group, "laik-uji-11111111", name="laik-uji-11111111", description="milik orang"
    )
    named = office.doctor()
    assert named.bad - set(ALWAYS) == {"live_leftovers"}
    assert left.path in named.of("live_leftovers")[0]["message"]["id"]
    assert other.path not in named.of("live_leftovers")[0]["message"]["id"]
    cleaned = office.doctor("--clean")
    assert cleaned.bad == set(ALWAYS)
    assert trials(office) == [other.path]
    forge.delete_project(other.id)


def test_a_trial_project_that_somebody_else_pushed_to_is_left_alone(office: Clinic) -> None:
    forge = office.laik.forge
    group = forge.find_group(office.organisation.case_files)
    assert group is not None
    name = "laik-uji-22222222"
    project = forge.create_project(group, name, name=name, description=marker(name))
    forge.commit_files(project.id, "main", "Uji", [FileWrite("README.md", b"uji")])
    account = forge.find_user(org.REVIEWERS[0])
    assert account is not None
    forge.ensure_member(project.id, account, Access.DEVELOPER)
    office.organisation[org.REVIEWERS[0]].push(project.path, {"b.txt": b"b"}, "Milik saya", branch="uji")
    assert office.doctor("--clean").bad == set(ALWAYS)
    assert trials(office) == [project.path]
    forge.delete_project(project.id)
