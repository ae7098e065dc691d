"""The bench: what a ruling is made on, and what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from automation.core.act import Act
from automation.core.authority import Acting, Roles, builders, capacity_among, capacity_of, deciders, unit_of
from automation.core.case import CaseState
from automation.core.gate import HostingVerdict
from automation.core.memory import Memory, RuledAct, Ruling, Waiver
from automation.core.migration import MigrationPlan
from automation.core.procedure import Procedure, Step
from automation.core.text import Bilingual


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruling and what laik answers; ``reply`` is None when the card says it all.

    ``roles``, ``unit`` and ``capacity`` are those of its giver, as far as the ruling rests on them.
    """

    act: Act
    ruling: Ruling
    step: str
    digest: str
    subjects: Mapping[str, str]
    reply: Bilingual | None
    roles: tuple[str, ...] = ()
    unit: str = ""
    capacity: str = ""
    waiver: Waiver | None = None

    def remembered(self) -> RuledAct:
        """As the memory keeps it."""
        return RuledAct(
            act=self.act.id,
            step=self.step,
            ruling=self.ruling,
            digest=self.digest,
            subjects=self.subjects,
            account=self.act.account_id,
            body=self.act.body_digest,
            seq=0,
            roles=self.roles,
            unit=self.unit,
            capacity=self.capacity,
            waiver=self.waiver,
        )


@dataclass(frozen=True, slots=True)
class Bench:
    """What a ruling is made on.

    Attributes:
        roles: accounts (casefolded) by role, as they held them on the day of the act.
        permanent: the same without acting officials.
        acting: the acting officials of this case, on whatever day.
        day: the day of the act, where the SOP is worked by.
        today: the day of the ruling.
        offered: the migration that was offered, planned anew; None when none was, or it is void by now.
    """

    procedure: Procedure
    state: CaseState
    hosting: HostingVerdict | None
    memory: Memory
    roles: Roles
    day: date
    today: date
    permanent: Roles = field(default_factory=dict)
    acting: tuple[Acting, ...] = ()
    agency: str = ""
    offered: MigrationPlan | None = None

    def holds(self, account: str, roles: tuple[str, ...]) -> tuple[str, ...]:
        """Which of these roles an account held on the day of the act."""
        return tuple(role for role in roles if account.casefold() in self.roles.get(role, frozenset()))

    def builds(self, account: str) -> bool:
        """Whether an account builds the application of this case."""
        return account.casefold() in builders(self.procedure, self.roles)

    def concerns(self, account: str) -> bool:
        """Whether an account holds any role in this case."""
        return any(account.casefold() in named for named in self.roles.values())

    def given_as(self, ruled: Ruled, by: tuple[str, ...]) -> Ruled:
        """The ruling with the capacity of who gave it, where these roles decide and no step does."""
        account = ruled.act.account
        capacity = capacity_among(account, (by,), self.permanent, self.acting, self.day)
        return replace(ruled, capacity=capacity)

    def given_by(self, ruled: Ruled, step: Step) -> Ruled:
        """The ruling with who gave it: their roles, unit and capacity at this step."""
        account = ruled.act.account
        return Ruled(
            ruled.act,
            ruled.ruling,
            ruled.step,
            ruled.digest,
            ruled.subjects,
            ruled.reply,
            roles=self.holds(account, deciders(step)),
            unit=unit_of(account, self.procedure, self.roles, self.agency),
            capacity=capacity_of(account, step, self.permanent, self.acting, self.day),
            waiver=ruled.waiver,
        )
