"""The stage: a running laik and forge, and how a scene waits for what it expects to see."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from automation.core.memory import Memory, remember
from automation.demo.organisation import CONTROL, HOSTING, Organisation
from automation.demo.people import Kind, Light, Person
from automation.reconciler import EVERYTHING
from automation.wiring import Laik

TRIES = 5
PATIENCE_SECONDS = 45.0
LOOK_SECONDS = 0.15
SLEEP = threading.Event()
CARD = "<!-- laik:kartu:"
MOVING = frozenset({"approved", "refused", "detoured", "resumed"})


class SceneFailed(Exception):
    """A scene did not show what it must; the message says what was expected."""


@dataclass
class Stage:
    """What all scenes share.

    ``refusals`` maps the name of a refusal to whether it was seen; ``say`` shows progress.
    """

    organisation: Organisation
    laik: Laik
    say: Callable[[str], None]
    key: str = ""
    issue: int = 0
    slug: str = ""
    refusals: dict[str, bool] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    proposed: list[str] = field(default_factory=list)

    def who(self, account: str) -> Person:
        """A person by account name."""
        return self.organisation[account]

    @property
    def berkas(self) -> str:
        """Path of the case file."""
        return f"{self.organisation.case_files}/{self.key.lower()}"

    @property
    def aplikasi(self) -> str:
        """Path of the application."""
        return f"{self.organisation.applications}/{self.slug}"

    @property
    def bot(self) -> str:
        """Laik's account name."""
        return self.organisation.bot

    @property
    def no_answer(self) -> str:
        """What the request form shows where nothing was filled in; GitHub's issue form has words for it."""
        return "_No response_" if self.organisation.forge == "github" else ""

    def memory(self, key: str = "") -> Memory:
        """What laik's ledger holds of the case."""
        return remember(self.laik.store.ledger.entries(key or self.key))

    def until(self, seen: Callable[[], bool], what: str) -> None:
        """Wait until ``seen``; events that got lost are made good by one sweep half-way.

        Raises:
            SceneFailed: it never came.
        """
        start, swept = time.monotonic(), False
        while not seen():
            waited = time.monotonic() - start
            if waited > PATIENCE_SECONDS:
                raise SceneFailed(f"tidak terlihat dalam {PATIENCE_SECONDS:.0f} detik: {what}")
            if waited > PATIENCE_SECONDS / 2 and not swept:
                swept = True
                self.laik.queue.put(EVERYTHING)
            SLEEP.wait(LOOK_SECONDS)

    def until_closed(self, step: str) -> None:
        """Wait until a step was closed with what it judges now."""
        self.until(lambda: step in self.memory().closed, f"langkah {step} selesai")

    def offered(self, reader: str, word: str, *, request: int = 0, unlike: str = "") -> str:
        """The command on laik's card that starts with ``word``, once one ``unlike`` the last is offered."""
        found: list[str] = []

        def look() -> bool:
            project, iid, kind = self._where(request)
            lines = self.who(reader).lines_to_paste(project, iid, bot=self.bot, kind=kind)
            found[:] = [line for line in lines if line.startswith(f"@laik {word}") and line != unlike]
            return bool(found)

        self.until(look, f"kartu menawarkan '@laik {word}'")
        return found[0]

    def decide(self, account: str, word: str, step: str, reason: str = "") -> None:
        """Copy the command from the card and paste it as ``account``, until it was ruled to count.

        Content that changes between reading and pasting makes laik ask to look again; people then do.

        Raises:
            SceneFailed: it never counted.
        """
        line = ""
        for _ in range(TRIES):
            line = self.offered(account, word, unlike=line)
            before = len(self.memory().acts)
            self.who(account).say(CONTROL, self.issue, line.replace("<alasan>", reason))
            self.until_ruled(before, word)
            if self.memory().acts[before].ruling in MOVING:
                return
        raise SceneFailed(f"'@laik {word}' pada langkah {step} tidak diterima")

    def until_ruled(self, before: int, word: str) -> None:
        """Wait until one more act than ``before`` was ruled on."""
        self.until(lambda: len(self.memory().acts) > before, f"putusan atas '@laik {word}'")

    def approve(self, account: str, word: str, step: str) -> None:
        """Decide, and wait until the step is complete."""
        self.decide(account, word, step)
        self.until_closed(step)

    def answered(self, reader: str, text: str, *, request: int = 0) -> bool:
        """Whether laik said ``text`` somewhere on the issue or merge request."""
        return self.times_answered(reader, text, request=request) > 0

    def times_answered(self, reader: str, text: str, *, request: int = 0) -> int:
        """How many comments of laik's on the issue or merge request hold ``text``."""
        project, iid, kind = self._where(request)
        comments = self.who(reader).reads(project, iid, kind=kind)
        return sum(text in body for author, body in comments if author == self.bot)

    def card_says(self, reader: str, text: str) -> bool:
        """Whether the card on the case's issue holds ``text`` now; what it said before does not count."""
        comments = self.who(reader).reads(CONTROL, self.issue)
        cards = [body for author, body in comments if author == self.bot and CARD in body]
        return bool(cards) and text in cards[0]

    def _where(self, request: int) -> tuple[str, int, Kind]:
        return (HOSTING, request, "merge_request") if request else (CONTROL, self.issue, "issue")

    def code_digest(self, sha: str, reader: str) -> str:
        """The code digest of a commit, as anyone can work it out from a clone."""
        return self.who(reader).code_digest(self.aplikasi, sha)

    def refuse(self, name: str, seen: bool) -> None:
        """Note that a refusal was seen, or was not."""
        self.refusals[name] = seen
        self.say(f"   {'ditolak' if seen else 'TIDAK DITOLAK'}: {name.replace('_', ' ')}")

    def light(self, reader: str, project: str, sha: str, context: str) -> Light:
        """Newest status of one context on a commit; empty while there is none."""
        return self.who(reader).light(project, sha, context)
