"""Hosting merge requests: each is handed to its case's desk, and those without one are refused by name.

What cannot be read, names no open case, or comes from somebody the case does not concern must not be silent,
must not stop the others, and must not take a case's desk from the request that belongs there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from automation.apply import Applier, Serve
from automation.bots import doorkeeper
from automation.bots.desk import card_marker
from automation.bots.doorkeeper import Stranger, stranger_key
from automation.core.errors import LaikError
from automation.core.forgery import forgeries
from automation.core.hosting import Registry, judge_change
from automation.core.memory import remember
from automation.core.plan import Place, Plan, WriteCard
from automation.core.reconcile import ShownState, Target, difference
from automation.core.text import Bilingual
from automation.forges.base import Forge
from automation.keys import HOSTING
from automation.observe.hostingrequests import SeenRequest, open_requests, registry
from automation.observe.office import Office
from automation.observe.shown import statuses
from automation.store.open import Store

CARD = re.compile(r"<!-- laik:kartu:[A-Za-z0-9-]+ -->")


@dataclass(frozen=True, slots=True)
class SortedOut:
    """What came of one look: cases whose desk has a request, what was written, what could not be."""

    cases: tuple[str, ...]
    changes: Plan
    failed: tuple[LaikError, ...]


class Strangers:
    """Sorts open hosting merge requests; holds clients, never state."""

    def __init__(self, forge: Forge, store: Store, serve: Serve) -> None:
        self._forge = forge
        self._store = store
        self._serve = serve

    def sort_out(self, office: Office) -> SortedOut:
        """Hand each open hosting merge request to its case; refuse by name those without one."""
        taken: list[str] = []
        done: list[Plan] = []
        failed: list[LaikError] = []
        requests = open_requests(self._forge, office, self._store.ledger)
        for seen in requests:
            reason = self._without_desk(office, seen, taken)
            if reason is None:
                taken.append(seen.case)
            try:
                done.append(
                    self._settle_stranger(office, seen)
                    if reason is None
                    else self._refuse_stranger(office, seen, reason)
                )
            except LaikError as problem:  # one request must not keep the others from being looked at
                failed.append(problem)
        cases = tuple(dict.fromkeys([*self._left(office, requests), *taken]))
        return SortedOut(cases, tuple(change for plan in done for change in plan), tuple(failed))

    def _left(self, office: Office, requests: Iterable[SeenRequest]) -> list[str]:
        """Cases whose request is open no more, or names another case now; they come before the new ones."""
        open_now = {(office.hosting.id, one.request.iid, one.case) for one in requests}
        links = self._store.links.of_kind("hosting_mr")
        return [one.case for one in links if (one.project_id, one.iid, one.case) not in open_now]

    def _settle_stranger(self, office: Office, seen: SeenRequest) -> Plan:
        """A card that once refused a request must not stand beside the case's card that judges it."""
        place = Place(office.hosting.id, "merge_request", seen.request.iid)
        card = self._own_cards(office, place).get(card_marker(stranger_key(place)))
        wished = WriteCard(place, doorkeeper.settled_card(place), None)
        if card is None:
            return ()
        return self._written(place, difference([wished], ShownState(cards={place: card})))

    def _without_desk(self, office: Office, seen: SeenRequest, taken: list[str]) -> Bilingual | None:
        if seen.problem is not None:
            return seen.problem
        if not seen.case:
            return Bilingual("Kasusnya tidak terbaca dari berkas.", "Its case cannot be read from the file.")
        memory = remember(self._store.ledger.entries(seen.case))
        if not memory.is_case:
            return Bilingual(f"Tidak ada kasus '{seen.case}'.", f"There is no case '{seen.case}'.")
        if memory.agency and not office.policy.concerns(seen.request.author.username, memory.agency):
            # Otherwise anyone who may push here could take a case's desk with a request of his own.
            return Bilingual(
                "Pembuat permintaan ini tidak terdaftar pada perangkat daerah kasusnya maupun Diskominfo.",
                "Its author is registered neither at the case's agency nor at the ICT agency.",
            )
        if seen.case in taken:
            return Bilingual(
                "Kasus ini sudah punya permintaan hosting lain yang terbuka; tutup salah satunya.",
                "This case has another open hosting request; close one of them.",
            )
        return None

    def _refuse_stranger(self, office: Office, seen: SeenRequest, reason: Bilingual) -> Plan:
        place = Place(office.hosting.id, "merge_request", seen.request.iid)
        findings = judge_change(
            seen.changes,
            base=_registry_or_empty(office, self._store),
            head_text=seen.text,
            case_key=seen.case,
            case_agency="",
            policy=office.policy,
            reachable=None,
            fork=seen.fork,
        )
        postable = not seen.fork and office.hosting_mirror.is_on_a_branch(seen.request.head_sha)
        path = seen.path if seen.blob else ""
        stranger = Stranger(place, seen.request.head_sha, reason, findings, postable=postable, path=path)
        own = self._own_cards(office, place)
        shown = self._shown_on(office, place, stranger, own)
        plan = difference(doorkeeper.wishes(stranger), shown)
        retired = [
            change
            for marker, card in own.items()
            if marker != card_marker(stranger_key(place))
            for change in difference(
                [WriteCard(place, doorkeeper.retired_card(marker), None)], ShownState(cards={place: card})
            )
        ]
        self._remember_forgeries(shown)
        return self._written(place, (*retired, *plan))

    def _remember_forgeries(self, shown: ShownState) -> None:
        """Under the key of the hosting project: no case's ledger is the place of a stranger's request."""
        if not shown.foreign:
            return
        memory = remember(self._store.ledger.entries(HOSTING))
        self._carry_out(HOSTING, memory.seq, tuple(forgeries(shown.foreign, memory)))

    def _written(self, place: Place, plan: Plan) -> Plan:
        for problem in self._carry_out(stranger_key(place), 0, plan):
            raise problem
        return plan

    def _carry_out(self, key: str, seq: int, plan: Plan) -> tuple[LaikError, ...]:
        return Applier(
            self._forge,
            self._store,
            key=key,
            seq=seq,
            issue=None,
            templates={},
            hook=None,
            serve=self._serve,
            now=lambda: datetime.now(UTC),
        ).carry_out(plan)

    def _own_cards(self, office: Office, place: Place) -> dict[str, tuple[int, str]]:
        """Laik's own cards at a place by marker: comment id and text."""
        cards: dict[str, tuple[int, str]] = {}
        for comment in self._forge.list_comments(place.project_id, place.kind, place.iid):
            match = CARD.match(comment.body)
            if match and comment.author.id == office.me.id:
                cards.setdefault(match[0], (comment.id, comment.body))
        return cards

    def _shown_on(
        self, office: Office, place: Place, stranger: Stranger, own: Mapping[str, tuple[int, str]]
    ) -> ShownState:
        card = own.get(card_marker(stranger_key(place)))
        cards = {place: card} if card else {}
        targets = [Target(place.project_id, stranger.head_sha)] if stranger.postable else []
        posted = statuses(self._forge, office.me, targets)
        return ShownState(
            cards=cards, statuses=posted.standing, foreign=posted.foreign, details=posted.details
        )


def _registry_or_empty(office: Office, store: Store) -> Registry:
    try:
        return registry(office, store.ledger)
    except LaikError:  # the admitted set is reported where it is served
        return Registry()
