"""The errors laik raises, each saying what, where and what to do.

One base, subclasses named for what happened. The command line turns a :class:`LaikError` into exit
code 1 (expected refusal); anything else is a defect and ends with code 3.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from automation.core.text import Bilingual, Language


@dataclass(frozen=True, slots=True)
class Where:
    """The place an error speaks of. ``line`` and ``column`` count from 1; 0 means unknown."""

    file: str = ""
    line: int = 0
    column: int = 0
    case: str = ""
    step: str = ""

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f":{self.line}:{self.column}"
        named = [f"kasus {self.case}" if self.case else "", f"langkah {self.step}" if self.step else ""]
        return ", ".join(part for part in [place, *named] if part)


@dataclass(frozen=True, slots=True)
class Fault:
    """One of several things wrong in a file: its place, and what is wrong there and how it is mended."""

    where: Where
    message: Bilingual


MANY = 20


def told_together(faults: Sequence[Fault]) -> Bilingual:
    """What is wrong in a file as one text; of several faults each with its line, the first twenty of them."""
    if len(faults) == 1:  # whose place the error itself gives
        return faults[0].message
    return Bilingual(
        " ".join(f"[baris {fault.where.line}] {fault.message.id}" for fault in faults[:MANY]),
        " ".join(f"[line {fault.where.line}] {fault.message.en}" for fault in faults[:MANY]),
    )


class LaikError(Exception):
    """An expected refusal: ``message`` says what, ``where`` the place, ``remedy`` what to do.

    ``faults`` are the single faults of a file that has several, each with its own place, in the file's order.
    """

    def __init__(
        self,
        message: Bilingual,
        *,
        remedy: Bilingual,
        where: Where | None = None,
        faults: tuple[Fault, ...] = (),
    ) -> None:
        self.message = message
        self.remedy = remedy
        self.where = where or Where()
        self.faults = faults
        super().__init__(self.explain("id"))

    def explain(self, language: Language = "id") -> str:
        """The whole error in one language: place, what happened, what to do."""
        place = str(self.where)
        prefix = f"{place}: " if place else ""
        return f"{prefix}{self.message.inlanguage(language)} {self.remedy.inlanguage(language)}"


class UnreadableDocument(LaikError):
    """A YAML, CSV, Markdown, SARIF or other document that could not be read as what it should be."""


class InvalidProcedure(LaikError):
    """A SOP file that breaks the schema or a rule between its parts."""


class InvalidPolicy(LaikError):
    """The organisation's ``laik.yaml`` breaks the schema or names something unknown."""


class InvalidRequest(LaikError):
    """A request (issue form or hosting file) with a missing or wrong field."""


class UnsafePath(LaikError):
    """A path that would leave its folder, or name that is no safe file name."""


class RenderFailed(LaikError):
    """A template that could not be rendered; nothing was written."""


class ForgeRefused(LaikError):
    """The forge answered no: ``status`` is the HTTP status it gave (0 when there was none)."""

    def __init__(
        self, message: Bilingual, *, remedy: Bilingual, where: Where | None = None, status: int = 0
    ) -> None:
        self.status = status
        super().__init__(message, remedy=remedy, where=where)


class HeadMoved(ForgeRefused):
    """A merge was pinned to one commit and the branch has another now."""


class ForgeUnreachable(LaikError):
    """The forge could not be asked; nothing is known, so nothing may be concluded."""


class LedgerConflict(LaikError):
    """Another worker has appended to this case first; the case must be read anew."""


class CheckFailed(LaikError):
    """A zone or nginx candidate did not pass its checker; the last good one stays served."""


class ScanFailed(LaikError):
    """laik's own scan could not be completed; the security gate stays closed."""
