"""Pure: one file a duty; a decided case in, the wished-for state of the forge out."""

from __future__ import annotations

from automation.bots import gatekeeper, host, provisioner, registrar, reporter, timekeeper
from automation.bots.desk import Desk
from automation.core.plan import Change

DUTIES = (provisioner, timekeeper, reporter, gatekeeper, host, registrar)


def all_wishes(desk: Desk) -> list[Change]:
    """What every bot wishes for, one after the other."""
    return [change for duty in DUTIES for change in duty.wishes(desk)]
