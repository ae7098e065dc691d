"""The reconciler: observe, decide, plan, apply, again until nothing is left to write.

Each run starts from nothing but a key, so losing, repeating or reordering events costs time and never
correctness. The steps are named and small; what they decide lives in ``core`` and ``bots``.

Keys: ``PA-2026-0042`` a case; ``#42`` an issue whose key is not known yet; ``!hosting`` the open hosting
merge requests; ``!sajian`` what is served; ``!semua`` a sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from automation.apply import Applier, Serve
from automation.bots import all_wishes, intake
from automation.bots.desk import Desk
from automation.core.case import Checks
from automation.core.errors import LaikError, Where
from automation.core.evidence import Evidence, EvidenceView, NotCollected
from automation.core.memory import remember
from automation.core.plan import Plan, describe
from automation.core.reconcile import Decision, decide, difference, remembers, with_shown
from automation.core.request import looks_like_request
from automation.core.template import TemplateSource
from automation.core.text import Bilingual
from automation.forges.base import Forge, Hook
from automation.observe.case import Observer, Seen
from automation.observe.evidence import Sources, collect
from automation.observe.keys import case_key, issue_number
from automation.observe.office import OfficeReader
from automation.store.open import Store
from automation.strangers import Strangers

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
        self._strangers = Strangers(forge, store, serve)

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
            sorted_out = self._strangers.sort_out(self._office.read())
            return Result(1, sorted_out.changes, sorted_out.cases, sorted_out.failed)
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
