"""A change of the policy as its owners see it, without a forge: what is said, shown and remembered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from automation.bots import policykeeper
from automation.bots.desk import answered_by
from automation.bots.policykeeper import PolicyDeskView, Stage
from automation.core.act import Said, acts_of
from automation.core.memory import Memory, remember
from automation.core.plan import Answer, Change, Place, PostStatus, Remember, WriteCard
from automation.core.policyadmission import (
    Difference,
    PolicyChange,
    PolicyVerdict,
    StandingPolicy,
    judge,
    line_to_agree,
    operator_entry,
    owners_entry,
    standing_policy,
)
from automation.core.text import Bilingual
from tests.core.cases import START, Entry

FIRST, SECOND, THIRD, STRANGER = 11, 12, 13, 99
NAMES = {FIRST: "pemilik-1", SECOND: "pemilik-2", THIRD: "pemilik-3", STRANGER: "orang-luar"}
PLACE = Place(7, "merge_request", 5)
HEAD = "c" * 40


def text(name: str) -> str:
    """The digest of a text that has this name."""
    return f"{name:0>64}"


def changed_to(name: str, *owners: int, problem: str = "") -> PolicyChange:
    problems = (Bilingual(problem, problem),) if problem else ()
    return PolicyChange(text(name), "b" * 40, owners or (FIRST, SECOND, THIRD), problems)


@dataclass
class PolicyWorld:
    """One merge request over one ledger; ``wanted`` is what the request would make of the policy."""

    wanted: PolicyChange = field(default_factory=lambda: changed_to("a"))
    comments: list[Said] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    now: datetime = START
    spoken: int = 0
    stage: Stage = "open"
    differences: tuple[Difference, ...] | None = ()
    owners: tuple[str, ...] = ("pemilik-1", "pemilik-2", "pemilik-3")
    card: str = ""
    status: PostStatus | None = None
    answers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.entries:
            self.write("policy", operator_entry(changed_to("0"), None))

    @property
    def memory(self) -> Memory:
        return remember(self.entries)

    @property
    def standing(self) -> StandingPolicy:
        found = standing_policy(self.entries)
        assert found is not None
        return found

    @property
    def verdict(self) -> PolicyVerdict:
        return judge(self.wanted, self.standing, acts_of(self.comments), self.memory)

    @property
    def agreed(self) -> set[int]:
        return {one.account for one in self.verdict.agreed}

    def write(self, kind: str, body: Mapping[str, object]) -> None:
        self.entries.append(Entry(kind, len(self.entries) + 1, dict(body), self.now))

    def view(self) -> PolicyDeskView:
        return PolicyDeskView(
            place=PLACE,
            head_sha=HEAD if self.stage == "open" else "",
            stage=self.stage,
            standing=self.standing,
            verdict=self.verdict,
            differences=self.differences,
            owners=self.owners,
            memory=self.memory,
        )

    def look(self) -> list[Change]:
        """What laik does at one look: remember, show, answer once."""
        changes = policykeeper.wishes(self.view())
        for change in changes:
            match change:
                case Remember():
                    self.write(change.kind, change.body)
                case WriteCard():
                    self.card = change.body
                case Answer() if change.marker not in self.answers:
                    self.answers[change.marker] = change.body
                    self.write("answered", {"about": answered_by(change.marker)})
                case PostStatus():
                    self.status = change
        return changes

    def line(self, verb: str = "setuju") -> str:
        return line_to_agree(self.memory, self.verdict.digest, verb)

    def says(self, account: int, body: str, *, after: int = 60, edited: bool = False) -> int:
        """A comment, ``after`` seconds after the one before; its number. Laik has not looked yet."""
        self.now += timedelta(seconds=after)
        self.spoken += 1  # a forge never gives a number again
        number = self.spoken
        said = Said(
            number, NAMES[account], account, False, body, self.now, edited, "merge_request", "merge request 5"
        )
        self.comments.append(said)
        return number

    def agrees(self, account: int, **more: int) -> int:
        self.look()
        number = self.says(account, self.line(), **more)
        self.look()
        return number

    def refuses(self, account: int, **more: int) -> int:
        self.look()
        number = self.says(account, self.line("tolak").replace("<alasan>", "keliru"), **more)
        self.look()
        return number

    def edits(self, number: int, body: str | None = None) -> None:
        self.comments = [
            replace(one, body=one.body if body is None else body, edited=True) if one.id == number else one
            for one in self.comments
        ]

    def deletes(self, number: int) -> None:
        self.comments = [one for one in self.comments if one.id != number]

    def admits(self, change: PolicyChange | None = None) -> None:
        """As the desk does; another one than is wanted here by hand."""
        if change is not None:
            self.write("policy", operator_entry(change, self.standing))
        else:
            entry = owners_entry(
                self.wanted, self.standing, self.verdict, merge_request=5, merge_sha=HEAD, merged_by=FIRST
            )
            self.write("policy", entry)
