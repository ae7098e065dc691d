"""Setting laik up on a forge, as data: the projects as they should be, and the plan.

Showing the plan, judging it and carrying it out are three things; ``automation.setup`` looks at the forge
and carries it out. Where the control project has a policy already, that policy counts and not the answers:
who may change roles is settled there, by a merge request, and never by running this again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from automation.core.authority import OWNING, reviewing, roles_of
from automation.core.outputport import one_line
from automation.core.policy import Policy
from automation.core.procedure import Procedure
from automation.core.setupanswers import leaves
from automation.core.text import Bilingual, Language

GUEST, DEVELOPER, MAINTAINER = 10, 30, 40
SHOWN = 120  # characters of one differing value
OFFICE_ONLY = "# Rahasia\n\nHanya untuk Diskominfo; satu folder per kasus.\n"

ProjectKey = Literal["kendali", "hosting", "rahasia"]


@dataclass(frozen=True, slots=True)
class ProjectWish:
    """One of the organisation's own projects as it should be.

    ``members``: account -> access number. ``push`` and ``merge`` are access numbers too, 0 nobody.
    """

    key: ProjectKey
    path: str
    title: Bilingual
    members: Mapping[str, int]
    push: int
    merge: int
    checks: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """What the description of a project that laik made begins with."""
        return f"[laik {self.key}]"


def projects_of(
    policy: Policy, owners: Sequence[str], procedures: Mapping[str, Procedure]
) -> tuple[ProjectWish, ...]:
    """The three projects as the policy wants them; ``owners`` agree to changes of the policy.

    Who reviews at the office and who owns applications at the agencies is told by the SOPs in use.
    """
    used = [procedures[one] for one in policy.sop if one in procedures]
    office = _holders(policy.peran, [role for sop in used for role in reviewing(sop)])
    agencies = [one.peran for one in policy.perangkat_daerah.values()]
    owning = [role for sop in used for role in roles_of(sop, OWNING)]
    teams = [account for roles in agencies for account in _holders(roles, owning)]
    everyone = [
        account for roles in (policy.peran, *agencies) for accounts in roles.values() for account in accounts
    ]
    return (
        ProjectWish(
            "kendali",
            policy.proyek.kendali,
            Bilingual("Kebijakan dan isu kasus", "Policy and case issues"),
            _highest([(everyone, GUEST), (office, DEVELOPER), (owners, MAINTAINER)]),
            push=0,
            merge=MAINTAINER,
        ),
        ProjectWish(
            "hosting",
            policy.proyek.hosting,
            Bilingual("Permintaan subdomain dan hosting", "Requests for subdomains and hosting"),
            _highest([(teams, DEVELOPER), (office, DEVELOPER)]),
            push=MAINTAINER,
            merge=MAINTAINER,
            checks=("laik/sop",),
        ),
        ProjectWish(
            "rahasia",
            policy.proyek.rahasia,
            Bilingual("Hanya untuk Diskominfo", "For Diskominfo alone"),
            _highest([(office, DEVELOPER)]),
            push=DEVELOPER,
            merge=DEVELOPER,
        ),
    )


class State(StrEnum):
    """What the plan says of one thing."""

    EXISTS = "ada"
    MAKE = "dibuat"
    CHANGE = "diubah"
    LEFT = "dibiarkan"  # differs, and is nobody's to change here
    BLOCKED = "terhalang"  # must be mended first; nothing is written until then


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the plan."""

    kind: str
    place: str
    state: State
    text: Bilingual


@dataclass(frozen=True, slots=True)
class SetupPlan:
    """All lines, in the order they are carried out."""

    items: tuple[Item, ...]

    @property
    def todo(self) -> int:
        """How many things would be written."""
        return sum(one.state in {State.MAKE, State.CHANGE} for one in self.items)

    @property
    def blocked(self) -> bool:
        """Whether something must be mended first."""
        return any(one.state is State.BLOCKED for one in self.items)

    def told(self) -> dict[str, object]:
        """The plan as plain values."""
        items = [
            {
                "kind": one.kind,
                "place": one.place,
                "state": one.state.value,
                "text": {"id": one.text.id, "en": one.text.en},
            }
            for one in self.items
        ]
        return {"todo": self.todo, "blocked": self.blocked, "items": items}


def describe(item: Item, language: Language = "id") -> str:
    """One line for people."""
    words = {State.MAKE: "create", State.CHANGE: "change", State.LEFT: "leave", State.BLOCKED: "blocked"}
    state = item.state.value if language == "id" else words.get(item.state, "exists")
    return f"{state:<10} {item.kind:<10} {item.place}: {item.text.inlanguage(language)}"


def differences(wanted: Policy, standing: Policy) -> Iterator[tuple[str, str, str]]:
    """Where the policy differs from what the answers say: (key, in the policy, in the answers).

    Keys that only the policy has are no difference: it grows by merge requests.
    """
    stands = dict(leaves(standing.model_dump(mode="json"), lists=False))
    for key, value in leaves(wanted.model_dump(mode="json"), lists=False):
        if stands.get(key) != value:
            yield key, _shown(stands.get(key)), _shown(value)


def _holders(held: Mapping[str, tuple[str, ...]], roles: Sequence[str]) -> list[str]:
    return [account for role in dict.fromkeys(roles) for account in held.get(role, ())]


def _highest(groups: Sequence[tuple[Sequence[str], int]]) -> dict[str, int]:
    """Account -> highest access; accounts that differ in case alone are one."""
    found: dict[str, tuple[str, int]] = {}
    for accounts, access in groups:
        for account in accounts:
            name, before = found.get(account.casefold(), (account, 0))
            found[account.casefold()] = (name, max(before, access))
    return dict(found.values())


def _shown(value: object) -> str:
    """A policy's value on one line: others wrote it."""
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return one_line(text, SHOWN) if value is not None else "-"
