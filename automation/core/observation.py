"""Everything read of one case except its evidence, as plain values: what deciding starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from automation.core.act import Act
from automation.core.authority import Acting, roles_on
from automation.core.clock import ClockRules
from automation.core.comments import CommentsNow
from automation.core.forgery import ForeignStatus
from automation.core.gate import HostingFacts
from automation.core.memory import Memory
from automation.core.migration import MigrationPlan, plan_migration
from automation.core.orphannames import Orphan
from automation.core.plan import (
    Place,
)
from automation.core.procedure import Procedure


@dataclass(frozen=True, slots=True)
class Target:
    """A commit that shows this case's gates."""

    project_id: int
    sha: str


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses people follow; empty while there is nothing to point to."""

    issue: str = ""
    berkas: str = ""
    aplikasi: str = ""
    hosting: str = ""


@dataclass(frozen=True, slots=True)
class ShownState:
    """What the forge shows now of what laik writes.

    Attributes:
        cards: by place, the card's comment id and text (only comments by laik's own account).
        answers: markers of answers already given.
        statuses: by (project, commit, context): state, description, and whether laik posted it.
        details: by the same, the digest of a check run's details; nothing where the forge tells none.
        foreign: the statuses in laik's name that others posted.
        labels: of the case's issue.
        issue_open: whether the issue is open.
    """

    cards: Mapping[Place, tuple[int, str]] = field(default_factory=dict)
    answers: frozenset[str] = frozenset()
    statuses: Mapping[tuple[int, str, str], tuple[str, str, bool]] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    issue_open: bool = True
    foreign: tuple[ForeignStatus, ...] = ()
    details: Mapping[tuple[int, str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """Everything read of one case except its evidence.

    Attributes:
        key: the case key.
        place: the case's issue.
        procedure: the SOP version the case is pinned to.
        acts: from the issue and the hosting merge request, in order.
        memory: the ledger, read back.
        roles: accounts (casefolded) by role in this case.
        hosting: the case's open hosting merge request.
        targets: commits that show this case's gates.
        shown: what the forge shows now.
        now: the moment, aware, for clocks; never part of a digest.
        rules: what the organisation lays down about time.
        candidate: the commit that is judged, empty while there is none; ``code_digest`` of it.
        newer_commits: commits on the default branch after the one named for hosting.
        merged: intended hosting merges that laik's own account carried out: number -> merge commit.
        cases: which of the cases that a ``duplikat`` line names lead on.
        orphans: names of cases without their issue that a ``cabut`` line here speaks of, by path.
        inventory_text: the application's file in the inventory, as merged; ``admitted_text`` the request file
            of the name that is served. Both are read once the case is finished.
        passed_on: a later case has adopted the application; its repository is that case's to arrange.
        permanent: ``roles`` without acting officials; None where there are none.
        acting: the acting officials who may act in this case, on whatever day.
        successor: the SOP version that moving the case to was offered, as the region enforces it;
            ``successor_digest`` of its content as the file says it.
        comments: the comments that acts were in, as they read now.
    """

    key: str
    place: Place
    procedure: Procedure
    acts: tuple[Act, ...]
    memory: Memory
    roles: Mapping[str, frozenset[str]]
    hosting: HostingFacts | None
    targets: tuple[Target, ...]
    shown: ShownState
    now: datetime
    rules: ClockRules = field(default_factory=ClockRules)
    links: Links = Links()
    title: str = ""
    agency: str = ""
    candidate: str = ""
    code_digest: str = ""
    newer_commits: int = 0
    merged: Mapping[int, str] = field(default_factory=dict)
    cases: frozenset[str] = frozenset()
    orphans: Mapping[str, Orphan] = field(default_factory=dict)
    passed_on: bool = False
    inventory_text: bytes | None = None
    admitted_text: bytes | None = None
    permanent: Mapping[str, frozenset[str]] | None = None
    acting: tuple[Acting, ...] = ()
    successor: Procedure | None = None
    successor_digest: str = ""
    comments: CommentsNow = field(default_factory=CommentsNow)

    @property
    def offered(self) -> MigrationPlan | None:
        """The migration that was offered, while it is still the very same."""
        offer = self.memory.offer
        if offer is None or self.successor is None:
            return None
        planned = plan_migration(self.key, self.procedure, self.successor, self.memory)
        return planned if planned.digest == offer.digest else None

    def roles_at(self, act: Act) -> Mapping[str, frozenset[str]]:
        """Accounts by role on the day of an act: an acting official's acts are those of his term."""
        permanent = self.roles if self.permanent is None else self.permanent
        return roles_on(permanent, self.acting, self.day_of(act))

    def day_of(self, act: Act) -> date:
        """The day of an act where the office is."""
        return self.rules.calendar.day_of(act.at)

    @property
    def today(self) -> date:
        """The date where the office is; for waivers and acting officials, never part of a digest."""
        return self.rules.calendar.day_of(self.now)

    @property
    def hosting_place(self) -> Place | None:
        """Where the hosting merge request is."""
        if self.hosting is None:
            return None
        return Place(self.hosting.project_id, "merge_request", self.hosting.iid)
