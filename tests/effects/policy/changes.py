"""Changes of the policy as people make them on a running forge of either dialect."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from automation.demo import organisation as org
from automation.forges.base import Access, Protection
from automation.keys import POLICY
from automation.policydesk import BELL
from automation.settings import ForgeKind
from tests.effects.neutral import Neutral, neutral_world

FIRST, SECOND = org.REVIEWERS
NUMBERS = itertools.count(1)


@contextmanager
def policy_world(folder: Path, dialect: ForgeKind) -> Iterator[Neutral]:
    """A forge and a laik that has its first policy, and the control project as `laik init` protects it."""
    with neutral_world(folder, dialect) as made:
        made.laik.office.read()
        protected(made)
        yield made


def put_back(world: Neutral) -> None:
    """Whatever a test left on the branch, the next begins with what is in force there."""
    office = world.laik.office.read(secret=False)
    if office.policy_differs:
        pushed_past(world, {"laik.yaml": office.policy_text})
    world.worked(POLICY)
    assert alarms(world) == []


def ttl(world: Neutral) -> int:
    return world.laik.office.read(secret=False).policy.hosting.ttl


def changed(world: Neutral, value: int) -> bytes:
    """The policy in force with another time to live."""
    text = world.laik.office.read(secret=False).policy_text.decode()
    return re.sub(r"(?m)^  ttl: \d+$", f"  ttl: {value}", text).encode()


def proposed(world: Neutral, text: bytes | None, *, by: str = FIRST, branch: str = "") -> int:
    """A merge request that makes the policy that text, seen by laik; its number."""
    branch = branch or f"kebijakan-{next(NUMBERS)}"
    world.who(by).push(org.CONTROL, {"laik.yaml": text}, "Ubah kebijakan", branch=branch)
    number = world.who(by).open_request(org.CONTROL, branch, "Ubah kebijakan")
    world.worked(POLICY)
    return number


def card(world: Neutral, number: int) -> str:
    said = world.who(FIRST).reads(org.CONTROL, number, kind="merge_request")
    return next(text for who, text in said if who == world.organisation.bot)


def answers(world: Neutral, number: int) -> list[str]:
    said = world.who(FIRST).reads(org.CONTROL, number, kind="merge_request")
    return [text for who, text in said if who == world.organisation.bot][1:]


def line(world: Neutral, number: int, verb: str = "setuju") -> str:
    lines = world.who(FIRST).lines_to_paste(
        org.CONTROL, number, bot=world.organisation.bot, kind="merge_request"
    )
    return next(one for one in lines if one.startswith(f"@laik {verb}"))


def says(world: Neutral, account: str, number: int, text: str) -> None:
    world.who(account).say(org.CONTROL, number, text, kind="merge_request")
    world.worked(POLICY)


def agrees(world: Neutral, account: str, number: int) -> None:
    says(world, account, number, line(world, number))


def merges(world: Neutral, number: int) -> list[str]:
    world.who(SECOND).merge(org.CONTROL, number)
    return world.worked(POLICY)


def protected(world: Neutral) -> None:
    """As `laik init` has it: nobody pushes, Maintainers merge. Where that is GitLab, owners push here too."""
    if world.organisation.forge == "github":
        wanted = Protection("main", Access.NONE, Access.MAINTAINER)
        world.laik.forge.ensure_protection(world.number(org.CONTROL), wanted)


def pushed_past(world: Neutral, files: Mapping[str, bytes | None], *, force: bool = False) -> None:
    """The owner of the group takes the protection away and pushes, as an owner of a forge always can."""
    world.who(org.OWNER).allow_force_push(org.CONTROL, "main")
    world.who(org.OWNER).push(org.CONTROL, files, "Langsung", force=force)
    protected(world)


def alarms(world: Neutral) -> list[str]:
    """What is said on the open alarms about the policy."""
    told = world.who(org.OWNER).alarms(org.CONTROL, "penyimpangan")
    return [one for one in told if BELL.card in one]
