"""Pure: one file a duty; a decided case in, the wished-for state of the forge out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from automation.bots import gatekeeper, host, provisioner, registrar, reminder, reporter, timekeeper
from automation.bots.desk import Desk, answered_by
from automation.core.plan import Answer, Change, Remember

DUTIES = (provisioner, timekeeper, reporter, reminder, gatekeeper, host, registrar)


def all_wishes(desk: Desk) -> list[Change]:
    """What every bot wishes for, one after the other."""
    wished = [change for duty in DUTIES for change in duty.wishes(desk)]
    return [*_answered_unknown(desk, wished), *wished]


def _answered_unknown(desk: Desk, wished: Iterable[Change]) -> Iterator[Change]:
    """What stands answered and is not remembered so: the forge wrote it, and its word of that was lost.

    Unremembered, the answer would be given again to whoever takes the marker out of laik's comment.
    """
    shown, remembered = desk.decision.observation.shown.answers, desk.decision.memory.answered
    for wish in wished:
        if isinstance(wish, Answer) and wish.marker in shown:
            about = answered_by(wish.marker)
            if about not in remembered:
                yield Remember("answered", {"about": about})
