"""Names and records of cases whose issue was deleted: told in an alarm, and ended as the policy says.

Nothing here is said in an issue, since there is none; what is decided is pure, in
:mod:`automation.bots.orphankeeper`. A case counts as without its issue where its ledger says so and the forge
does as well: an issue that is there again has its own case told, and loses nothing to a moment's gap.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from automation.alarm import Alarm, AlarmBell, Deviating
from automation.apply import Applier, Serve
from automation.bots.desk import card_marker
from automation.bots.orphankeeper import Lost, alarm_card, tellings, wishes
from automation.core.errors import LaikError
from automation.core.memory import remember
from automation.core.plan import Change, Plan
from automation.forges.base import Forge
from automation.observe.comments import is_there
from automation.observe.inventory import merged_records
from automation.observe.keys import KEY, issue_number
from automation.observe.office import Office, OfficeReader
from automation.store.open import Store

LEDGER_KEY = "!masa"
BELL = AlarmBell(LEDGER_KEY, "masa-tanpa-issue", "Nama dan data aplikasi tanpa issue kasus")


class OrphanTerms:
    """Looks after them; holds clients, never state of a case."""

    def __init__(
        self, forge: Forge, store: Store, office: OfficeReader, serve: Serve, *, now: Callable[[], datetime]
    ) -> None:
        """Nothing is asked yet; ``serve`` takes a name down and reads it back."""
        self._forge = forge
        self._store = store
        self._office = office
        self._serve = serve
        self._now = now
        self._alarm = Alarm(forge, store.ledger, BELL, now=now)

    def look(self) -> tuple[Plan, tuple[LaikError, ...]]:
        """Tell what ends, then end what is over: what was written, and what could not be.

        Costs nothing but a look into the ledger while no case without its issue holds a name or a record.
        """
        if not self._holding() and not self._alarm.rings:
            return (), ()
        office = self._office.read(secret=False)
        today = office.policy.day_of(self._now())
        lost = self._tell(office, today)
        done: list[Change] = []
        failed: list[LaikError] = []
        for one in lost:  # one name that does not go must not keep the others
            try:
                done.extend(self._settle(office, one, today))
            except LaikError as problem:
                failed.append(problem)
        if done:
            self._tell(office, today)
        return tuple(done), tuple(failed)

    def _holding(self) -> list[Lost]:
        """The cases without their issue that hold something, or a name that was not seen gone yet."""
        ledger = self._store.ledger
        gone = [Lost(case, remember(ledger.entries(case))) for case in ledger.gone() if KEY.fullmatch(case)]
        return [one for one in gone if one.memory.names or one.memory.down or one.memory.inventory]

    def _tell(self, office: Office, today: date) -> list[Lost]:
        """Make the alarm say what there is to say; the cases it is about, and those half taken down."""
        gone, hosting = self._holding(), office.policy.hosting
        records = merged_records(office) or {} if gone else {}
        asked = [one for one in gone if one.memory.down or tellings([one], records, today, hosting)]
        lost = [one for one in asked if self._is_gone(office, one)]
        told = tellings(lost, records, today, hosting)
        deviating = [Deviating(one.path, one.kind, one.seen, one.text) for one in told]
        self._alarm.tell(office, deviating, alarm_card(card_marker(BELL.card), told))
        return lost

    def _is_gone(self, office: Office, one: Lost) -> bool:
        issue = self._forge.get_issue(office.control.id, issue_number(one.case))
        return not is_there(issue, one.memory)

    def _settle(self, office: Office, one: Lost, today: date) -> Plan:
        plan = tuple(wishes(one, today, office.policy.hosting))
        Applier(
            self._forge,
            self._store,
            key=one.case,
            seq=one.memory.seq,
            issue=None,
            templates={},
            hook=None,
            serve=self._serve,
            now=self._now,
        ).carry_out(plan)
        return plan
