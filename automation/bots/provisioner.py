"""The provisioner: which repositories a case should have, and how they should look.

The case file exists from acceptance on and never lets the builder in; the application repository comes
with the step that ``provisions: application``. Both are keyed by the case, so that a half-made repository
is found and finished, never doubled.
"""

from __future__ import annotations

from automation.bots.desk import Desk
from automation.core.authority import OWNING, builders, reviewing, roles_of
from automation.core.deadline import phase_dues
from automation.core.plan import Change, LabelWish, MilestoneWish, Provision, RepositoryWish
from automation.core.policy import digest_of
from automation.core.procedure import Home, Procedure
from automation.core.request import Request

DEVELOPER, REPORTER, MAINTAINER = 30, 20, 40
DESIGNING = "analyst"  # draws the design that lies beside the code, and pushes it
PHASE_COLOR, TURN_COLOR, KIND_COLOR = "#1f75cb", "#8fbc8f", "#6f42c1"


def wishes(desk: Desk) -> list[Change]:
    """The repositories that are wished for and not yet known to be just so."""
    if desk.request is None or desk.decision.life.ended:
        return []
    wished = [case_file(desk, desk.request)]
    if application_is_due(desk) and not desk.decision.observation.passed_on:
        wished.append(application(desk, desk.request))
    memory = desk.decision.memory
    changes: list[Change] = []
    for wish in wished:
        digest = wish_digest(wish)
        if memory.provisioned.get(wish.kind) != digest:
            # The days are in the wish's digest alone, so what gave them is kept beside it.
            calendar = desk.decision.observation.rules.calendar.digest if wish.milestones else ""
            changes.append(Provision(wish, digest, memory.projects.get(wish.kind), calendar))
    return changes


def wish_digest(wish: RepositoryWish) -> str:
    """What is remembered once the repository is as wished for."""
    return digest_of(
        {
            "path": wish.path,
            "template": wish.template,
            "members": wish.members,
            "labels": [label.name for label in wish.labels],
            "milestones": [[one.title, one.due] for one in wish.milestones],
            "board": wish.board,
            "protect": wish.protect,
        }
    )


def application_is_due(desk: Desk) -> bool:
    """Whether the step that makes the application was ever complete; a later lapse takes nothing away."""
    memory = desk.decision.memory
    for step in desk.decision.procedure.steps:
        if step.provisions == "application":
            state = desk.decision.state.state(step.key)
            return step.key in memory.closed or (state is not None and state.given)
    return False


def case_file(desk: Desk, request: Request) -> RepositoryWish:
    """``berkas/<key>``: for Diskominfo and the applicant, never the builder."""
    people = _accounts(desk, _office_roles(desk.decision.procedure))
    building = builders(desk.decision.procedure, desk.decision.observation.roles)
    return RepositoryWish(
        kind="berkas",
        group=desk.policy.proyek.berkas,
        slug=desk.key.lower(),
        name=f"Berkas {desk.key}",
        key=desk.key,
        template="berkas",
        answers=_answers(desk, request, "berkas"),
        members=tuple((account, DEVELOPER) for account in sorted(people - building)),
        protect=(("main", DEVELOPER, DEVELOPER),),
    )


def application(desk: Desk, request: Request) -> RepositoryWish:
    """``aplikasi/<slug>``: code and the builder's documents; builders are at most Developer."""
    procedure = desk.decision.procedure
    building = builders(procedure, desk.decision.observation.roles)
    reviewers = _accounts(desk, reviewing(procedure)) - building
    working = building | (_accounts(desk, roles_of(procedure, DESIGNING)) - reviewers)
    owners = _accounts(desk, roles_of(procedure, OWNING)) - working - reviewers
    members = [
        *((account, DEVELOPER) for account in sorted(working)),
        *((account, MAINTAINER) for account in sorted(reviewers)),
        *((account, REPORTER) for account in sorted(owners)),
    ]
    return RepositoryWish(
        kind="aplikasi",
        group=desk.policy.proyek.aplikasi,
        slug=request.slug,
        name=request.nama_aplikasi,
        key=desk.key,
        template=request.templat,
        answers=_answers(desk, request, "aplikasi"),
        labels=labels(procedure),
        milestones=_milestones(desk),
        board=tuple(phase_label(phase.key) for phase in procedure.phases),
        members=tuple(members),
        protect=(("main", MAINTAINER, MAINTAINER),),
    )


def labels(procedure: Procedure) -> tuple[LabelWish, ...]:
    """The labels of a procedure: its phases, and whose turn it is."""
    phases = [LabelWish(phase_label(one.key), PHASE_COLOR, one.label) for one in procedure.phases]
    turns = [LabelWish(turn_label(one.id), TURN_COLOR, one.label) for one in procedure.roles]
    return (*phases, *turns)


def phase_label(phase: str) -> str:
    """The board label of a phase."""
    return f"fase::{phase}"


def turn_label(role: str) -> str:
    """The label saying whose turn it is."""
    return f"giliran::{role}"


def _office_roles(procedure: Procedure) -> tuple[str, ...]:
    return tuple(role.id for role in procedure.roles if not role.builds)


def _accounts(desk: Desk, roles: tuple[str, ...]) -> frozenset[str]:
    held = desk.decision.observation.roles
    return frozenset(account for role in roles for account in held.get(role, frozenset()))


def _milestones(desk: Desk) -> tuple[MilestoneWish, ...]:
    """One milestone a phase, due as the SOP's durations add up on the calendar from the case's start."""
    observation = desk.decision.observation
    start, rules = desk.decision.memory.accepted_at or observation.now, observation.rules
    dues = phase_dues(rules.calendar, desk.decision.procedure, start, days=rules.days)
    days = {phase: rules.calendar.day_of(due) for phase, due in dues.items()}
    return tuple(
        MilestoneWish(f"Fase: {phase.label}", days[phase.key], f"SOP {desk.decision.procedure.id}")
        for phase in desk.decision.procedure.phases
        if phase.key in days
    )


def _answers(desk: Desk, request: Request, home: Home) -> dict[str, object]:
    agency = desk.policy.perangkat_daerah[desk.decision.observation.agency]
    return {
        "kunci_kasus": desk.key,
        "nama_aplikasi": request.nama_aplikasi,
        "slug": request.slug,
        "ringkasan": request.ringkasan,
        "perangkat_daerah": agency.nama,
        "instansi": desk.policy.organisasi.instansi,
        "pemerintah": desk.policy.organisasi.pemerintah,
        "sop": desk.decision.procedure.id,
        "langkah": [one.activity.id for one in desk.decision.procedure.steps],
        "dokumen": documents_of(desk.decision.procedure, home),
    }


def documents_of(procedure: Procedure, home: Home) -> list[str]:
    """The documents kept in one repository, each at the step that first judges it, one line a document."""
    seen: set[str] = set()
    lines = []
    for step in procedure.steps:
        for name in step.judging.subjects:
            document = procedure.documents.get(name)
            if document is not None and document.home == home and name not in seen:
                seen.add(name)
                parts = f"; bagian: {'; '.join(document.sections)}" if document.sections else ""
                lines.append(f"Langkah {step.number}: {document.name}, {document.path}{parts}")
    return lines
