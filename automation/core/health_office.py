"""Health of the office: policy, roles, people, groups, calendar, and laik's own door."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from automation.core.errors import InvalidPolicy, UnreadableDocument
from automation.core.health import Check, Diagnosis, Unread, listed, skipped
from automation.core.health_calendar import judge_calendar
from automation.core.health_people import judge_accounts, judge_outsiders, judge_owners, judge_roles
from automation.core.policy import Policy
from automation.core.policyadmission import StandingPolicy
from automation.core.policycalendar import CalendarPolicy, NationalDays, announced_years
from automation.core.procedure import Procedure
from automation.core.text import Bilingual

SILENT = timedelta(hours=24)
MAINTAINER = 40
OF_POLICY = ("token_account", "policy_roles", "policy_accounts", "group_exists", "group_access")

_ASK_LIVE = Bilingual("Buktikan dengan 'laik doctor --live'.", "Prove it with 'laik doctor --live'.")


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A group: ``key`` in the policy, whether it ``exists``, laik's access where a project in it tells."""

    key: str
    path: str
    exists: bool | Unread
    access: int | Unread | None


@dataclass(frozen=True, slots=True)
class DoorFacts:
    """What laik's own ``/sehat`` says. ``healthy`` is its word; ``stuck`` keys it gave up on or fails at."""

    healthy: bool
    stuck: tuple[str, ...]
    last_event: str
    silent: bool


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """What was read of the organisation.

    Attributes:
        control: the control project's path.
        policy: None where there is no control project to read it from.
        procedures: the SOPs of this installation, by id.
        me: laik's account name.
        accounts: every account named in the policy -> whether it exists and is a person; None: absent.
        outsiders: role holders that cannot take part in the control project.
        owners: people who may merge a change of the policy, laik left out: Maintainers and above.
        in_force: the policy in force as the ledger has it; None while it knows none.
        on_branch: SHA-256 of the policy on the default branch; empty where there is none.
        groups: case files and applications.
        national: what laik knows of the nation's holidays and Ramadan.
        today: the date here.
        door: None where no address is set.
        address: of laik's door.
    """

    control: str
    policy: Policy | Unread | None
    procedures: Mapping[str, Procedure]
    me: str | Unread
    accounts: Mapping[str, bool | None] | Unread
    outsiders: tuple[str, ...] | Unread
    owners: tuple[str, ...] | Unread
    in_force: StandingPolicy | Unread | None
    on_branch: str | Unread
    groups: tuple[GroupFacts, ...]
    national: NationalDays
    today: date
    door: DoorFacts | Unread | None
    address: str


def judge_office(facts: OfficeFacts) -> Iterator[Diagnosis]:
    """Every check of this theme."""
    yield from _policy(facts)
    yield judge_owners(facts.owners, facts.policy, facts.control)
    yield _in_force(facts)
    section = facts.policy.kalender if isinstance(facts.policy, Policy) else CalendarPolicy()
    yield from judge_calendar(facts.national, announced_years(section), facts.today, facts.control)
    yield from _door(facts)


def _policy(facts: OfficeFacts) -> Iterator[Diagnosis]:
    where = f"{facts.control}/laik.yaml" if facts.control else "laik.yaml"
    check = Check("policy_loads", where)
    if isinstance(facts.policy, Policy):
        yield check.ok("Kebijakan terbaca dan sah.", "The policy is readable and valid.")
        yield _account(facts, facts.policy)
        yield judge_roles(facts.control, facts.policy, facts.procedures)
        yield judge_accounts(facts.accounts, where)
        yield judge_outsiders(facts.outsiders, facts.control)
        for group in facts.groups:
            yield from _group(group)
        return
    if facts.policy is None:
        yield check.after("project_exists")
    elif not isinstance(facts.policy.why, InvalidPolicy | UnreadableDocument):
        yield check.unread(facts.policy)
    else:
        problem = facts.policy.why
        yield Check("policy_loads", str(problem.where) or where).failed(problem)
    yield from skipped((*OF_POLICY, "role_membership"), "policy_loads")


def _in_force(facts: OfficeFacts) -> Diagnosis:
    """What stands on the branch should be in force, or be on its way there."""
    check = Check("policy_in_force", f"{facts.control}/laik.yaml" if facts.control else "laik.yaml")
    if isinstance(facts.in_force, Unread):
        return check.unread(facts.in_force)
    if isinstance(facts.on_branch, Unread):
        return check.unread(facts.on_branch)
    if not facts.on_branch:
        return check.after("policy_loads" if facts.policy else "project_exists")
    if facts.in_force is None:
        return check.ok(
            "Buku besar belum mengenal kebijakan; yang pertama diambil saat laik berjalan.",
            "The ledger knows no policy yet; the first is taken when laik runs.",
        )
    if facts.in_force.digest == facts.on_branch:
        return check.ok(
            f"Kebijakan pada cabang utama berlaku (entri {facts.in_force.seq}).",
            f"The policy on the default branch is in force (entry {facts.in_force.seq}).",
        )
    return check.fail(
        Bilingual(
            "Kebijakan pada cabang utama bukan yang berlaku: belum disetujui dua pemilik, atau tidak dapat"
            " berlaku.",
            "The policy on the default branch is not the one in force: two owners have not agreed to it, or"
            " it cannot come into force.",
        ),
        Bilingual(
            "Lihat 'laik policy show' dan kartu pada merge request-nya.",
            "See 'laik policy show' and the card on its merge request.",
        ),
    )


def _account(facts: OfficeFacts, policy: Policy) -> Diagnosis:
    check = Check("token_account", policy.bot)
    if isinstance(facts.me, Unread):
        return check.unread(facts.me)
    if facts.me.casefold() == policy.bot.casefold():
        return check.ok("Token milik akun bot pada kebijakan.", "The token is of the policy's bot account.")
    return check.fail(
        Bilingual(
            f"Kebijakan menyebut akun bot '{policy.bot}', tetapi token milik '{facts.me}'.",
            f"The policy names the bot account '{policy.bot}', but the token is of '{facts.me}'.",
        ),
        Bilingual(
            "Pakai token akun bot itu, atau perbaiki kunci 'bot' pada kebijakan.",
            "Use a token of that account, or mend the key 'bot' in the policy.",
        ),
    )


def _group(group: GroupFacts) -> Iterator[Diagnosis]:
    check, access = Check("group_exists", group.path), Check("group_access", group.path)
    if isinstance(group.exists, Unread):
        yield check.unread(group.exists)
        yield access.after("group_exists")
        return
    if not group.exists:
        yield check.fail(
            Bilingual(
                f"Grup atau organisasi '{group.path}' ({group.key}) tidak ditemukan.",
                f"The group or organisation '{group.path}' ({group.key}) was not found.",
            ),
            Bilingual("Jalankan 'laik init', atau perbaiki jalurnya.", "Run 'laik init', or mend the path."),
        )
        yield access.after("group_exists")
        return
    yield check.ok("Grup ada.", "The group is there.")
    yield _group_access(access, group.access)


def _group_access(check: Check, access: int | Unread | None) -> Diagnosis:
    if isinstance(access, Unread):
        return check.unread(access)
    if access is None:
        return check.unknown(
            Bilingual(
                "Grup masih kosong, jadi akses laik tidak terlihat.",
                "The group is still empty, so laik's access cannot be seen.",
            ),
            _ASK_LIVE,
        )
    if access < MAINTAINER:
        return check.fail(
            Bilingual(
                "Akses laik di grup ini kurang untuk membuat dan melindungi proyek.",
                "laik's access to this group is too little to make and protect projects.",
            ),
            Bilingual(
                "Beri akun laik akses Owner (GitHub App: pasang pada seluruh organisasi).",
                "Give laik's account Owner access (GitHub App: install it on the whole organisation).",
            ),
        )
    return check.ok("Akses laik cukup.", "laik's access is enough.")


def _door(facts: OfficeFacts) -> Iterator[Diagnosis]:
    answers, events = Check("laik_answers", facts.address), Check("events_arrive", facts.address)
    if facts.door is None:
        yield answers.unknown(
            Bilingual(
                "Alamat laik tidak diketahui (LAIK_HOOK_URL kosong).",
                "laik's own address is not known (LAIK_HOOK_URL is empty).",
            ),
            Bilingual("Isi LAIK_HOOK_URL.", "Set LAIK_HOOK_URL."),
        )
        yield events.after("laik_answers")
    elif isinstance(facts.door, Unread):
        yield answers.unread(facts.door)
        yield events.after("laik_answers")
    else:
        yield _healthy(answers, facts.door)
        yield _events(events, facts.door)


def _healthy(check: Check, door: DoorFacts) -> Diagnosis:
    if door.healthy:
        return check.ok("laik berjalan dan sehat.", "laik runs and is healthy.")
    stuck = listed(door.stuck) or "-"
    return check.fail(
        Bilingual(f"laik berjalan tetapi gagal pada: {stuck}.", f"laik runs but fails at: {stuck}."),
        Bilingual(
            "Lihat log laik, lalu 'laik reconcile KEY' untuk pesan lengkapnya.",
            "Look at laik's log, then 'laik reconcile KEY' for the whole message.",
        ),
    )


def _events(check: Check, door: DoorFacts) -> Diagnosis:
    last = door.last_event or "-"
    if door.silent:
        hours = int(SILENT.total_seconds() // 3600)
        return check.warn(
            Bilingual(
                f"Tidak ada kejadian dari forge selama {hours} jam (terakhir: {last}).",
                f"No event of the forge for {hours} hours (last: {last}).",
            ),
            Bilingual(
                "Periksa apakah webhook dimatikan forge; lihat hook_enabled.",
                "Look whether the forge switched the webhooks off; see hook_enabled.",
            ),
        )
    if not door.last_event:
        return check.unknown(
            Bilingual("Belum ada kejadian sejak laik dimulai.", "No event has come since laik was started."),
            _ASK_LIVE,
        )
    return check.ok(f"Kejadian terakhir {last}.", f"The last event came {last}.")
