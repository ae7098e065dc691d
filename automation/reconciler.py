"""The reconciler: observe, decide, plan, apply, again until nothing is left to write.

Each run starts from nothing but a key, so losing, repeating or reordering events costs time and never
correctness. The steps are named and small; what they decide lives in ``core`` and ``bots``.

Keys: ``PA-2026-0042`` a case; ``#42`` an issue whose key is not known yet; ``!hosting`` the open hosting
merge requests; ``!sajian`` what is served; ``!semua`` a sweep.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from automation.apply import Applier, Serve
from automation.bots import all_wishes, doorkeeper, intake
from automation.bots.desk import Desk, card_marker
from automation.bots.doorkeeper import Stranger, stranger_key
from automation.core.case import Checks
from automation.core.errors import LaikError, Where
from automation.core.evidence import Evidence, EvidenceView, NotCollected
from automation.core.hosting import Registry, judge_change
from automation.core.memory import remember
from automation.core.plan import Place, Plan, WriteCard, describe
from automation.core.reconcile import Decision, ShownState, decide, difference, remembers, with_shown
from automation.core.request import looks_like_request
from automation.core.template import TemplateSource
from automation.core.text import Bilingual
from automation.forges.base import Forge, Hook
from automation.observe.case import Observer, Seen
from automation.observe.evidence import Sources, collect
from automation.observe.hostingrequests import SeenRequest, open_requests, registry
from automation.observe.keys import case_key, issue_number
from automation.observe.office import Office, OfficeReader
from automation.store.open import Store

CARD = re.compile(r"<!-- laik:kartu:[A-Za-z0-9-]+ -->")
MAX_ROUNDS = 12  # a whole case needs six; more means two parts of laik disagree
MAX_QUESTIONS = 40  # rounds of collecting evidence for one decision
HOSTING, SERVING, EVERYTHING = "!hosting", "!sajian", "!semua"


class NeverSettled(LaikError):
    """A case whose plan did not become empty; nothing is lost, and someone must look."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run did: rounds it took, changes it carried out, keys that should be looked at next.

    ``failed``: hosting requests that could not be dealt with; they are tried again.
    """

    rounds: int
    changes: Plan
    follow: tuple[str, ...] = ()
    failed: tuple[LaikError, ...] = ()


class Reconciler:
    """Reconciles keys one at a time; holds clients, never state of a case."""

    def __init__(
        self,
        forge: Forge,
        store: Store,
        office: OfficeReader,
        observer: Observer,
        *,
        checks: Checks,
        templates: Mapping[str, TemplateSource],
        hook: Hook | None,
        serve: Serve,
        check_serving: Callable[[], None],
    ) -> None:
        self._forge = forge
        self._store = store
        self._office = office
        self._observer = observer
        self._checks = checks
        self._templates = templates
        self._hook = hook
        self._serve = serve
        self._check_serving = check_serving

    def reconcile(self, key: str) -> Result:
        """Bring one key to rest.

        Raises:
            LedgerConflict: someone else was first; run again.
            NeverSettled: the plan never became empty.
            LaikError: the forge or a checker said no; what was done stays done.
        """
        if key == EVERYTHING:
            return Result(0, (), self.keys())
        if key == HOSTING:
            return self._reconcile_requests()
        if key == SERVING:
            self._check_serving()
            return Result(1, ())
        if key.startswith("#"):
            return Result(0, (), self._key_of_issue(int(key[1:])))
        return self._reconcile_case(key)

    def keys(self) -> tuple[str, ...]:
        """Every key a sweep looks at: unfinished cases, open requests, the hosting project."""
        office = self._office.read()
        known = [
            key
            for key in self._store.ledger.cases()
            if not remember(self._store.ledger.entries(key)).finished
        ]
        filed = [
            case_key(issue)
            for issue in self._forge.list_issues(office.control.id)
            if looks_like_request(issue.description)
        ]
        return (*dict.fromkeys([*known, *filed]), HOSTING, SERVING)

    def plan(self, key: str) -> Plan:
        """What would be written for a case now; nothing is."""
        seen = self._observer.observe(key)
        return self._plan(seen) if seen else ()

    def decision(self, key: str) -> Decision | None:
        """Where an accepted case stands; None while it is no case."""
        seen = self._observer.observe(key)
        if seen is None or seen.observation is None or seen.sources is None:
            return None
        return self._decide(seen, seen.sources)

    def _reconcile_case(self, key: str) -> Result:
        done: list[Plan] = []
        for round_number in range(MAX_ROUNDS):
            seen = self._observer.observe(key)
            plan = self._plan(seen) if seen else ()
            if seen is None or not plan:
                return Result(round_number, tuple(change for one in done for change in one))
            self._carry_out(seen, plan)
            done.append(plan)
        raise _never_settled(key, done[-1])

    def _plan(self, seen: Seen) -> Plan:
        if seen.observation is None or seen.sources is None:
            return difference(intake.wishes(seen.intake), seen.intake.shown)
        decision = self._decide(seen, seen.sources)
        writing = with_shown(decision)
        desk = Desk(writing, seen.office.policy, seen.intake.reading.request)
        return difference([*remembers(decision), *all_wishes(desk)], seen.observation.shown)

    def _decide(self, seen: Seen, sources: Sources) -> Decision:
        """Ask, collect, ask again, until nothing is missing (architecture, decision 1)."""
        if seen.observation is None:
            raise AssertionError("only an accepted case is decided")
        collected: dict[str, Evidence] = {}
        for _ in range(MAX_QUESTIONS):
            view = EvidenceView(
                collected=collected,
                policy=seen.office.policy.slice(roles=seen.observation.roles),
                documents=seen.observation.procedure.documents,
                roles=seen.observation.roles,
            )
            try:
                return decide(seen.observation, view, self._checks)
            except NotCollected as question:
                collected.update(collect(question.ids, sources))
        raise AssertionError(f"evidence of {seen.observation.key} is asked for without end")

    def _carry_out(self, seen: Seen, plan: Plan) -> None:
        key = seen.intake.key
        issue = self._forge.get_issue(seen.intake.place.project_id, issue_number(key))
        self._store.links.set(key, "issue", seen.intake.place.project_id, seen.intake.place.iid)
        Applier(
            self._forge,
            self._store,
            key=key,
            seq=seen.intake.memory.seq,
            issue=issue,
            templates=self._templates,
            hook=self._hook,
            serve=self._serve,
            now=lambda: datetime.now(UTC),
        ).carry_out(plan)

    def _key_of_issue(self, iid: int) -> tuple[str, ...]:
        office = self._office.read()
        issue = self._forge.get_issue(office.control.id, iid)
        return (case_key(issue),) if issue is not None else ()

    def _reconcile_requests(self) -> Result:
        """Hand each open hosting merge request to its case; refuse by name those without one."""
        office = self._office.read()
        taken: list[str] = []
        done: list[Plan] = []
        failed: list[LaikError] = []
        for seen in open_requests(self._forge, office, self._store.ledger):
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
        return Result(1, tuple(change for plan in done for change in plan), tuple(taken), tuple(failed))

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
        if not memory.is_case or memory.finished:
            return Bilingual(
                f"Tidak ada kasus terbuka '{seen.case}'.", f"There is no open case '{seen.case}'."
            )
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
        stranger = Stranger(place, seen.request.head_sha, reason, findings, postable=postable)
        own = self._own_cards(office, place)
        plan = difference(doorkeeper.wishes(stranger), self._shown_on(office, place, stranger, own))
        retired = [
            change
            for marker, card in own.items()
            if marker != card_marker(stranger_key(place))
            for change in difference(
                [WriteCard(place, doorkeeper.retired_card(marker), None)], ShownState(cards={place: card})
            )
        ]
        return self._written(place, (*retired, *plan))

    def _written(self, place: Place, plan: Plan) -> Plan:
        Applier(
            self._forge,
            self._store,
            key=stranger_key(place),
            seq=0,
            issue=None,
            templates={},
            hook=None,
            serve=self._serve,
            now=lambda: datetime.now(UTC),
        ).carry_out(plan)
        return plan

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
        statuses = {}
        if stranger.postable:
            for one in self._forge.list_statuses(place.project_id, stranger.head_sha):
                ours = one.author.id == office.me.id
                key = (place.project_id, stranger.head_sha, one.context)
                statuses[key] = (str(one.state), one.description, ours)
        return ShownState(cards=cards, statuses=statuses)


def _registry_or_empty(office: Office, store: Store) -> Registry:
    try:
        return registry(office, store.ledger)
    except LaikError:  # the admitted set is reported where it is served
        return Registry()


def _never_settled(key: str, last: Plan) -> NeverSettled:
    left = "; ".join(dict.fromkeys(describe(change) for change in last))[:500]
    return NeverSettled(
        Bilingual(
            f"Kasus belum tenang setelah {MAX_ROUNDS} putaran; yang terus direncanakan: {left}.",
            f"The case did not settle in {MAX_ROUNDS} rounds; what is planned again and again: {left}.",
        ),
        remedy=Bilingual(
            "Jalankan `laik reconcile --dry-run` dan laporkan hasilnya.",
            "Run `laik reconcile --dry-run` and report what it prints.",
        ),
        where=Where(case=key),
    )
