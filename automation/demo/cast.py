"""The cast of a play: which accounts hold which roles at the office and the agencies, and who else is there.

Accounts are named after roles. Who reviews and who owns applications is read from the SOP, as it is where an
organisation is set up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from automation.collect.procedures import bundled
from automation.core.authority import OWNING, reviewing, roles_of
from automation.core.procedure import Procedure

Roles = Mapping[str, tuple[str, ...]]
AGENCY, OTHER_AGENCY = "dinkes", "dinsos"
NAMES: Mapping[str, str] = {AGENCY: "Dinas Kesehatan", OTHER_AGENCY: "Dinas Sosial"}


@dataclass(frozen=True)
class Cast:
    """Who plays a SOP.

    Attributes:
        sop: its id.
        office: accounts of the ICT agency by role.
        agencies: accounts of each agency by role; the first one applies.
        others: accounts without a role in the policy: builders, analysts, onlookers.
    """

    sop: str
    office: Roles
    agencies: Mapping[str, Roles]
    others: tuple[str, ...] = ()

    @property
    def procedure(self) -> Procedure:
        """The SOP."""
        return bundled()[self.sop]

    @property
    def staff(self) -> tuple[str, ...]:
        """Everyone at the ICT agency."""
        return _once(account for accounts in self.office.values() for account in accounts)

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Those at the office who review applications; they keep what is for the office alone."""
        return _once(account for role in reviewing(self.procedure) for account in self.office.get(role, ()))

    @property
    def owners(self) -> tuple[str, ...]:
        """Those at the agencies who own applications and may ask for their hosting."""
        owning = roles_of(self.procedure, OWNING)
        return _once(
            account for held in self.agencies.values() for role in owning for account in held.get(role, ())
        )

    @property
    def accounts(self) -> tuple[str, ...]:
        """Everyone but the owner of the group and laik."""
        outside = (one for held in self.agencies.values() for accounts in held.values() for one in accounts)
        return _once((*self.staff, *outside, *self.others))


def _once(accounts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(accounts))
