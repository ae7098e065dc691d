"""Judging: facts in, diagnoses out; what the running forges of the other tests cannot show is shown here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from automation.core.errors import ForgeRefused, ForgeUnreachable, InvalidProcedure, Where
from automation.core.health import Check, Diagnosis, Unread, folded, in_order, listed, report
from automation.core.health_branch import BranchFacts, judge_branch
from automation.core.health_calendar import judge_calendar
from automation.core.health_forge import ForgeFacts, judge_forge
from automation.core.health_hooks import judge_address
from automation.core.health_machine import (
    DatabaseFacts,
    MachineFacts,
    PlaceFacts,
    SignatureFacts,
    judge_machine,
)
from automation.core.health_office import DoorFacts, GroupFacts, OfficeFacts, judge_office
from automation.core.policy import load_policy
from automation.core.policyadmission import StandingPolicy
from automation.core.policycalendar import NationalDays
from automation.core.text import Bilingual
from tests.core.cases import POLICY

TODAY = date(2026, 3, 2)
DOWN = Unread(
    ForgeUnreachable(Bilingual("Tidak terjangkau.", "Out of reach."), remedy=Bilingual("Ulangi.", "Repeat."))
)
SAID_NO = Unread(
    ForgeRefused(
        Bilingual("Ditolak.", "Refused."), remedy=Bilingual("Ganti token.", "Change it."), status=401
    )
)


@dataclass(frozen=True)
class Account:
    username: str = "laik"


@dataclass(frozen=True)
class Token:
    kind: str = "personal"
    scopes: tuple[str, ...] | None = ("api",)
    expires: date | None = None


@dataclass(frozen=True)
class Rule:
    push: int = 40
    merge: int = 40
    force_push: bool = False
    checks: tuple[tuple[str, int | None], ...] = (("laik/sop", 7),)
    by_name: tuple[str, ...] = ()


FORGE = ForgeFacts("gitlab", "https://git.contoh.go.id", TODAY, "GitLab 19.5.0", 0.4, Account(), Token())
PLACE = PlaceFacts("/srv/laik", 0o700, own=True, writable=True)
MACHINE = MachineFacts(
    problems=(),
    state=PLACE,
    out=replace(PLACE, writable=False),
    publishes_itself=False,
    secrets=(replace(PLACE, mode=0o600, setting="LAIK_TOKEN_FILE"),),
    git=(2, 39, 5),
    checkers=(("nginx", True),),
    free=10**11,
    database=DatabaseFacts(2, 2),
    signatures=SignatureFacts(asked=True, entries=3, signed=3),
)
BRANCH = BranchFacts(
    "hosting", "d/hosting:main", "github", Rule(checks={"laik/sop": 7}), (), frozenset({"app:laik"}), 7
)
OFFICE = OfficeFacts(
    control="d/kendali",
    policy=None,
    procedures={},
    me="laik",
    accounts={},
    outsiders=(),
    owners=("a", "b"),
    in_force=None,
    on_branch="",
    groups=(),
    national=NationalDays(years=frozenset({2026})),
    today=TODAY,
    door=DoorFacts(healthy=True, stuck=(), last_event="2026-03-02T01:00:00+00:00", silent=False),
    address="https://laik.contoh.go.id/sehat",
)


def states(found: list[Diagnosis]) -> dict[str, str]:
    return {one.id: one.state for one in found}


def forge(**changes) -> dict[str, str]:
    return states(list(judge_forge(replace(FORGE, **changes))))


def machine(**changes) -> dict[str, str]:
    return states(list(judge_machine(replace(MACHINE, **changes))))


def branch(**changes) -> dict[str, str]:
    return states(list(judge_branch(replace(BRANCH, **changes))))


def test_a_healthy_machine_forge_and_branch_are_well() -> None:
    assert set(machine().values()) == set(forge().values()) == set(branch().values()) == {"ok"}


def test_the_report_has_the_worst_first_and_counts_every_state() -> None:
    check, said = Check("satu"), Bilingual("a", "b")
    mixed = [check.ok("a", "b"), check.warn(said, said), check.unknown(said, said), check.fail(said, said)]
    assert [one.state for one in in_order(mixed)] == ["fail", "unknown", "warn", "ok"]
    told = report([*mixed, replace(mixed[0], seconds=0.12345)])
    assert {key: told[key] for key in ("ok", "warn", "fail", "unknown")} == {
        "ok": 2,
        "warn": 1,
        "fail": 1,
        "unknown": 1,
    }
    assert told["checks"][-1] == {
        "id": "satu",
        "state": "ok",
        "where": "",
        "message": {"id": "a", "en": "b"},
        "remedy": {"id": "", "en": ""},
        "seconds": 0.123,
    }


def test_many_names_are_shortened_with_their_number() -> None:
    assert listed("abc") == "a, b, c"
    assert listed("abcdef", 2) == "a, b … (+4)"


def test_a_forge_that_is_down_fails_once_and_all_else_about_it_is_unknown() -> None:
    found = forge(version=DOWN, drift=DOWN, me=DOWN, token=DOWN)
    assert found.pop("forge_reachable") == "fail"
    assert found.pop("forge_address") == "ok"
    assert set(found.values()) == {"unknown"}


def test_a_refused_token_is_the_tokens_fault_and_not_the_ways() -> None:
    found = forge(version=SAID_NO, drift=SAID_NO, me=SAID_NO, token=SAID_NO)
    assert (found["forge_reachable"], found["token_valid"]) == ("ok", "fail")
    assert (found["token_scopes"], found["clock"], found["forge_version"]) == ("unknown",) * 3


@pytest.mark.parametrize(
    ("drift", "state"),
    [(60, "ok"), (-60, "ok"), (61, "warn"), (-300, "warn"), (301, "fail"), (-4000, "fail")],
)
def test_the_clock_may_differ_by_a_minute(drift: float, state: str) -> None:
    assert forge(drift=float(drift))["clock"] == state


@pytest.mark.parametrize(
    ("days", "state"), [(-1, "fail"), (0, "fail"), (1, "warn"), (13, "warn"), (14, "ok"), (400, "ok")]
)
def test_a_token_that_ends_soon_is_told_two_weeks_ahead(days: int, state: str) -> None:
    assert forge(token=Token(expires=TODAY + timedelta(days=days)))["token_expiry"] == state


def test_an_unknown_token_has_no_known_expiry() -> None:
    assert forge(token=Token(kind="unknown"))["token_expiry"] == "unknown"


@pytest.mark.parametrize(
    ("kind", "scopes", "state"),
    [
        ("personal", ("repo", "workflow", "read:org", "project"), "ok"),
        ("personal", ("repo", "workflow", "write:org", "project"), "ok"),
        ("personal", ("repo", "workflow", "admin:org", "project"), "warn"),
        ("personal", ("repo", "read:org", "project"), "fail"),
        ("personal", None, "unknown"),
        ("app", ("metadata:read",), "fail"),
    ],
)
def test_the_rights_of_a_github_token_are_held_to_what_laik_needs(
    kind: str, scopes: tuple[str, ...] | None, state: str
) -> None:
    assert forge(kind="github", token=Token(kind, scopes))["token_scopes"] == state


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ("GitLab 17.0.0", "ok"),
        ("GitLab 16.11.3-ee", "warn"),
        ("GitHub", "ok"),
        ("GitHub Enterprise Server 3.17.0", "ok"),
        ("GitHub Enterprise Server 3.9.1", "warn"),
        ("Forgejo 12.0", "unknown"),
    ],
)
def test_old_and_unknown_forges_are_told(version: str, state: str) -> None:
    assert forge(version=version)["forge_version"] == state


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("https://git.contoh.go.id", "ok"),
        ("http://127.0.0.1:8080", "ok"),
        ("http://localhost", "ok"),
        ("http://git.contoh.go.id", "fail"),
        ("http://127.0.0.1.contoh.go.id", "fail"),
        ("http://localhost.contoh.go.id", "fail"),
    ],
)
def test_a_token_travels_unprotected_on_this_machine_alone(url: str, state: str) -> None:
    assert forge(url=url)["forge_address"] == state


def test_a_hooks_address_without_tls_is_refused_but_for_this_machine() -> None:
    assert states(list(judge_address("http://laik.contoh.go.id/x", 1, local=False)))["hook_address"] == "fail"
    assert states(list(judge_address("http://127.0.0.1/x", 1, local=True)))["hook_address"] == "ok"


@pytest.mark.parametrize(
    ("free", "state"), [(10**10, "ok"), (5 * 10**8, "warn"), (10**8, "fail"), (DOWN, "unknown")]
)
def test_a_disk_that_fills_up_is_told(free: int | Unread, state: str) -> None:
    assert machine(free=free)["disk_space"] == state


def test_a_folder_of_another_account_is_told_so_that_nobody_trusts_a_look_by_root() -> None:
    assert machine(state=replace(PLACE, own=False))["state_folder"] == "fail"
    assert machine(state=None)["state_folder"] == "warn"


@pytest.mark.parametrize("mode", [0o770, 0o2770, 0o750])
def test_the_state_folder_is_open_to_its_group_only_for_the_account_that_publishes(mode: int) -> None:
    shared = replace(PLACE, mode=mode)
    assert machine(state=shared, publishes_itself=False)["state_folder"] == "ok"
    assert machine(state=shared, publishes_itself=True)["state_folder"] == "warn"
    for itself in (True, False):
        world = replace(PLACE, mode=mode | 0o001)
        assert machine(state=world, publishes_itself=itself)["state_folder"] == "fail"


def test_a_database_that_cannot_be_read_leaves_its_ledger_unknown() -> None:
    found = machine(database=DOWN)
    assert (found["database"], found["ledger_chain"]) == ("fail", "unknown")
    assert machine(database=DatabaseFacts(1, 2))["database"] == "warn"


def test_a_sop_that_changed_under_its_cases_is_one_fault_that_names_them_all() -> None:
    def gone(version: str, case: str) -> InvalidProcedure:
        said = Bilingual(f"SOP 'kecil' versi {version} berubah.", f"SOP 'kecil' version {version} changed.")
        return InvalidProcedure(said, remedy=Bilingual("Pulihkan.", "Restore."), where=Where(case=case))

    stopped = (gone("2026.1", "PA-2026-0001"), gone("2026.2", "PA-2026-0002"), gone("2026.1", "PA-2026-0003"))
    told = [one for one in judge_machine(replace(MACHINE, stopped=stopped)) if one.id == "case_sop"]
    assert [(one.state, one.where) for one in told] == [
        ("fail", "PA-2026-0001, PA-2026-0003"),
        ("fail", "PA-2026-0002"),
    ]
    assert "2026.1" in told[0].message.id
    assert machine(stopped=DOWN)["case_sop"] == "unknown"
    assert machine(database=DOWN)["case_sop"] == "unknown"


@pytest.mark.parametrize("version", [None, (2, 37, 9), (1, 9)])
def test_git_must_be_there_and_new_enough(version: tuple[int, ...] | None) -> None:
    assert machine(git=version)["git_program"] == "fail"


def test_without_any_secret_file_their_rights_are_unknown() -> None:
    assert machine(secrets=())["secret_files"] == "unknown"


def test_a_token_cannot_bind_a_required_check_to_itself() -> None:
    assert branch(app=None)["check_source"] == "warn"


@pytest.mark.parametrize("source", [None, 8])
def test_a_check_of_another_source_than_the_app_fails(source: int | None) -> None:
    assert branch(protection=Rule(checks={"laik/sop": source}))["check_source"] == "fail"


def test_nobody_may_push_is_stricter_than_maintainers_may() -> None:
    assert branch(protection=Rule(push=0, merge=0, checks={"laik/sop": 7}))["branch_levels"] == "ok"


def test_the_office_may_push_its_reports_into_the_secret_project_alone() -> None:
    wide = Rule(push=30, merge=30)
    assert branch(key="rahasia", protection=wide)["branch_levels"] == "ok"
    assert branch(key="kendali", protection=wide)["branch_levels"] == "fail"


def test_owners_and_laik_itself_are_no_exceptions_by_name() -> None:
    assert branch(protection=Rule(by_name=("App:Laik",)))["branch_by_name"] == "ok"
    assert branch(protection=Rule(by_name=("app:laik", "orang")))["branch_by_name"] == "fail"


def test_who_may_merge_by_name_is_no_exception_while_nobody_may_push() -> None:
    facts = {"key": "kendali", "mergers": frozenset({"pemilik-1"})}
    named = Rule(push=0, by_name=("app:laik", "Pemilik-1"))
    assert branch(protection=named, **facts)["branch_by_name"] == "ok"
    assert branch(protection=replace(named, push=40), **facts)["branch_by_name"] == "fail"
    assert branch(protection=replace(named, by_name=("orang",)), **facts)["branch_by_name"] == "fail"
    assert branch(protection=replace(named, by_name=("role:admin",)), **facts)["branch_by_name"] == "fail"


def test_an_unread_protection_is_unknown_with_all_that_hangs_on_it() -> None:
    assert set(branch(protection=DOWN).values()) == {"unknown"}


def test_an_empty_group_does_not_show_laiks_access() -> None:
    found = states(list(judge_office(OFFICE)))
    assert found["policy_loads"] == "unknown"  # no control project to read it from
    assert found["group_access"] == "unknown"
    assert GroupFacts("berkas", "berkas", True, None).access is None


def test_holidays_of_this_year_have_to_be_known_and_from_october_on_those_of_the_next() -> None:
    known = NationalDays(years=frozenset({2026}))

    def told(day: date) -> list[tuple[str, str]]:
        return [(one.state, one.where) for one in judge_calendar(known, frozenset(), day, "d/kendali")]

    assert told(date(2026, 9, 30)) == [("ok", "2026")]
    assert told(date(2026, 10, 1)) == [("warn", "2027")]
    assert told(date(2027, 1, 1)) == [("warn", "2027")]
    assert told(date(2027, 10, 1)) == [("warn", "2027, 2028")]


def test_a_ramadan_that_is_reckoned_is_told_until_the_policy_names_it() -> None:
    ramadan = ((date(2026, 2, 19), date(2026, 3, 20)), (date(2027, 2, 8), date(2027, 3, 9)))
    known = NationalDays(years=frozenset({2026, 2027}), ramadan=ramadan, estimated=frozenset({2027, 2028}))

    def told(day: date, *announced: int) -> list[str]:
        return [one.state for one in judge_calendar(known, frozenset(announced), day, "d/kendali")]

    assert told(date(2026, 2, 20)) == ["ok"]
    assert told(date(2026, 12, 9)) == ["ok"]
    assert told(date(2026, 12, 10)) == told(date(2027, 3, 9)) == ["ok", "warn"]
    assert told(date(2026, 12, 10), 2027) == told(date(2027, 3, 10)) == ["ok"]


def test_a_door_that_heard_nothing_yet_is_unknown_and_no_door_too() -> None:
    quiet = replace(OFFICE, door=DoorFacts(healthy=True, stuck=(), last_event="", silent=False))
    assert states(list(judge_office(quiet)))["events_arrive"] == "unknown"
    found = states(list(judge_office(replace(OFFICE, door=None))))
    assert (found["laik_answers"], found["events_arrive"]) == ("unknown", "unknown")


def test_whatever_is_not_well_says_what_to_do_in_both_languages() -> None:
    bad = [
        *judge_machine(replace(MACHINE, state=None, out=None, secrets=(), git=None, free=1, database=DOWN)),
        *judge_forge(replace(FORGE, url="http://x.id", version="X 1.2", drift=999.0, token=Token(scopes=()))),
        *judge_branch(replace(BRANCH, protection=Rule(20, 20, True, {}, ("x",)))),
        *judge_office(replace(OFFICE, owners=(), national=NationalDays(), door=None)),
    ]
    for one in bad:
        assert one.message.id, one.id
        assert one.message.en, one.id
        assert (one.state == "ok") != bool(one.remedy.id and one.remedy.en), one.id


def test_what_says_the_very_same_is_read_in_one_line_but_what_is_well_stands_for_itself() -> None:
    waiting = [Check(name).after("policy_loads") for name in ("group_exists", "group_access")]
    well = [Check(name).ok("Baik.", "Fine.") for name in ("clock", "git_program")]
    lines = [[one.id for one in same] for same in folded([*well, *waiting])]
    assert lines == [["group_exists", "group_access"], ["clock"], ["git_program"]]


def test_a_ledger_is_well_signed_only_when_somebody_asks_for_it_and_nothing_is_left() -> None:
    assert machine(signatures=SignatureFacts(asked=False))["ledger_signed"] == "warn"
    assert machine(signatures=SignatureFacts(asked=True, entries=3, signed=2))["ledger_signed"] == "warn"
    assert machine(signatures=SignatureFacts(asked=True, problem=DOWN.why))["ledger_signed"] == "fail"
    assert machine(signatures=DOWN)["ledger_signed"] == "unknown"
    broken = DatabaseFacts(2, 2, 1, (("PA-2026-0001", 2),))
    assert machine(database=broken)["ledger_signed"] == "unknown"


def office(**changes) -> dict[str, str]:
    return states(list(judge_office(replace(OFFICE, **changes))))


STANDING = StandingPolicy(
    4, "a" * 64, "b" * 40, frozenset({11, 12}), "first", datetime(2026, 3, 2, tzinfo=UTC)
)
OWNED = load_policy(POLICY)


@pytest.mark.parametrize(
    ("in_force", "on_branch", "state"),
    [
        (STANDING, "a" * 64, "ok"),
        (STANDING, "b" * 64, "fail"),
        (None, "a" * 64, "ok"),
        (STANDING, "", "unknown"),
        (None, "", "unknown"),
        (DOWN, "a" * 64, "unknown"),
        (STANDING, DOWN, "unknown"),
    ],
)
def test_what_stands_on_the_branch_should_be_in_force(
    in_force: object, on_branch: object, state: str
) -> None:
    assert office(in_force=in_force, on_branch=on_branch)["policy_in_force"] == state


def test_a_policy_that_is_not_in_force_is_told_with_where_to_look() -> None:
    found = judge_office(replace(OFFICE, in_force=STANDING, on_branch="b" * 64))
    (said,) = [one for one in found if one.id == "policy_in_force"]
    assert said.where == "d/kendali/laik.yaml"
    assert "laik policy show" in said.remedy.id


@pytest.mark.parametrize(
    ("named", "merging", "state"),
    [
        ("[pemilik-1, pemilik-2]", ("pemilik-1", "pemilik-2"), "ok"),
        ("[pemilik-1, pemilik-2]", ("PEMILIK-1", "Pemilik-2", "lain"), "ok"),
        ("[pemilik-1, pemilik-2]", ("pemilik-1", "lain"), "warn"),
        ("[pemilik-1]", ("pemilik-1", "pemilik-2"), "fail"),
        ("[pemilik-1, PEMILIK-1]", ("pemilik-1", "pemilik-2"), "fail"),
        ("[]", ("pemilik-1", "pemilik-2"), "fail"),
        ("[]", DOWN, "fail"),
        ("[pemilik-1, pemilik-2]", DOWN, "unknown"),
    ],
)
def test_a_policy_has_two_owners_who_can_merge_its_changes(named: str, merging: object, state: str) -> None:
    policy = load_policy(POLICY.replace("[pemilik-1, pemilik-2]", named))
    assert office(policy=policy, owners=merging)["policy_owners"] == state


def test_without_a_policy_the_owners_on_the_forge_are_looked_at_alone() -> None:
    assert office(policy=None, owners=("a", "b"))["policy_owners"] == "ok"
    assert office(policy=None, owners=("a",))["policy_owners"] == "warn"


def test_owners_who_are_shut_out_are_named() -> None:
    found = judge_office(replace(OFFICE, policy=OWNED, owners=("pemilik-1", "x")))
    (said,) = [one for one in found if one.id == "policy_owners"]
    assert "pemilik-2" in said.message.id
    assert "pemilik-1" not in said.message.id
