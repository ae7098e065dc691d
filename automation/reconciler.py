"""The reconciler: observe, decide, plan, apply, again until nothing is left to write.

Each run starts from nothing but a key (``automation.keys``), so losing, repeating or reordering events costs
time and never correctness. The steps are named and small; what they decide lives in ``core`` and ``bots``.

Every round reads everything anew, and every read is revalidated with the forge in that very round: what did
not change is answered 304, and a mirror is fetched when its heads are not the forge's. So a look that costs
next to nothing is already exact, and no second, dearer look is needed before something is decided on it.

A merge is held back until nothing else is left to write. The round that merges has therefore read approval,
evidence, roles and policy after laik's own last word, has found all of them as they must be, and does nothing
in between; the head is pinned in the merge itself.

A run ends with an empty plan, or with one that only shows (cards, statuses, labels, answers): what is shown
is no input of any decision, so another round would read the case again to find nothing. That it stands is
seen by the next run of the case, which laik's own writing causes through the webhooks; the same showing
planned again and again is a forge that does not keep it, and is told as such.

What is ruled and closed is therefore remembered (and answered) first, in a round of its own, where all else
in the plan only shows. The next round shows what the ledger then says and ends the run; shown in the round
that ruled, it would all be read once more, being laik's own writing. An approval that is withdrawn between
the two is never shown as standing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from automation.accounts import Accounts
from automation.apply import Applier, Serve, Shows
from automation.bots import all_wishes, intake, lifekeeper
from automation.bots.desk import Desk
from automation.core.case import Checks
from automation.core.confirmation import confirm
from automation.core.errors import LaikError, Where
from automation.core.evidence import Evidence, EvidenceView, NotCollected
from automation.core.memory import remember
from automation.core.plan import Answer, MergeHosting, Plan, PostStatus, Remember, describe
from automation.core.procedure import Procedure
from automation.core.reconcile import Decision, decide, difference, remembers, with_shown
from automation.core.template import TemplateSource
from automation.core.text import Bilingual
from automation.forges.base import Forge, Hook
from automation.keys import EVERYTHING, HOSTING, POLICY, SECRET, SERVING, SHARED
from automation.links import hold_links
from automation.observe.case import Observer, Seen
from automation.observe.evidence import Sources, collect
from automation.observe.keys import case_key
from automation.observe.office import OfficeReader
from automation.orphanterms import OrphanTerms
from automation.policydesk import PolicyDesk
from automation.store.open import Store
from automation.strangers import Strangers
from automation.sweep import Sweeper

__all__ = ["EVERYTHING", "HOSTING", "POLICY", "SERVING", "NeverSettled", "Reconciler", "Result"]

log = logging.getLogger("laik.reconciler")
MAX_ROUNDS = 12  # a whole case needs seven; more means two parts of laik disagree
MAX_REPEATS = 3  # runs in a row that show the very same; more means that the forge does not keep it
SHOWN_KINDS = frozenset({"shown", "forged_status", "turn", "reminded"})
MAX_QUESTIONS = 40  # rounds of collecting evidence for one decision


class NeverSettled(LaikError):
    """A case whose plan comes again and again; nothing is lost, and someone must look."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a run did: rounds it took, changes it carried out, keys that should be looked at next.

    ``failed``: hosting requests that could not be dealt with, statuses and places on the board that the forge
    refused; requests and statuses are tried again, the place on the board when it changes.
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
        policy_desk: PolicyDesk,
        *,
        checks: Checks,
        templates: Mapping[str, TemplateSource],
        hook: Hook | None,
        serve: Serve,
        check_serving: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        self._forge = forge
        self._store = store
        self._office = office
        self._observer = observer
        self._policy_desk = policy_desk
        self._checks = checks
        self._templates = templates
        self._hook = hook
        self._now = now
        self._serve = serve
        self._check_serving = check_serving
        self._strangers = Strangers(forge, store, serve)
        self._orphan_terms = OrphanTerms(forge, store, office, serve, now=now)
        self._accounts = Accounts(store.ledger)
        self._sweeper = Sweeper(forge, store, office, now=now, policy_waits=lambda: policy_desk.waits)
        self._showing: dict[str, tuple[Plan, int]] = {}

    def reconcile(self, key: str) -> Result:
        """Bring one key to rest.

        Raises:
            LedgerConflict: someone else was first; run again.
            NeverSettled: the same is planned again and again.
            InvalidProcedure: the SOP that the case is pinned to is not there; its card says so.
            LaikError: the forge or a checker said no; what was done stays done.
        """
        special = {
            EVERYTHING: lambda: Result(0, (), self._sweeper.changed()),
            SECRET: lambda: Result(0, (), self._sweeper.with_new_reports()),
            HOSTING: self._sort_hosting,
            POLICY: self._judge_policy,
            SERVING: self._serve_again,
        }
        if key in special:
            return special[key]()
        if key.startswith(SHARED):
            return Result(0, (), self._store.links.cases_of(int(key.removeprefix(SHARED))))
        if key.startswith("#"):
            return Result(0, (), self._key_of_issue(int(key[1:])))
        return self._reconcile_case(key)

    def keys(self) -> tuple[str, ...]:
        """Every key a whole sweep looks at: unfinished cases, open requests, the hosting project."""
        return self._sweeper.whole()

    def plan(self, key: str) -> Plan:
        """What would be written for a case now; nothing is.

        Raises:
            InvalidProcedure: the case stands still; see :meth:`judged`.
        """
        seen = self._observer.observe(key)
        if seen is not None and seen.stopped is not None:
            raise seen.stopped
        return self._plan(seen) if seen else ()

    def decision(self, key: str) -> Decision | None:
        """Where an accepted case stands; None while it is no case."""
        judged = self.judged(key)
        return judged[1] if judged else None

    def judged(self, key: str) -> tuple[Seen, Decision] | None:
        """As :meth:`decision`, with what it was judged by.

        Raises:
            InvalidProcedure: the SOP that the case is pinned to is not there, or reads otherwise now.
        """
        seen = self._observer.observe(key)
        if seen is not None and seen.stopped is not None:
            raise seen.stopped
        if seen is None or seen.observation is None or seen.sources is None:
            return None
        return seen, self._decide(seen, seen.sources)

    def enforced(self, procedure: Procedure) -> Procedure:
        """A SOP as the organisation's policy enforces it now."""
        return confirm(procedure, self._office.read(secret=False).policy.penegakan.get(procedure.id))

    def _sort_hosting(self) -> Result:
        sorted_out = self._strangers.sort_out(self._office.read(secret=False))
        return Result(1, sorted_out.changes, sorted_out.cases, sorted_out.failed)

    def _judge_policy(self) -> Result:
        judged = self._policy_desk.sort_out()
        # Another policy is another answer to who may decide: every case is looked at again.
        return Result(1, judged.changes, (EVERYTHING,) if judged.admitted else (), judged.failed)

    def _serve_again(self) -> Result:
        """Names without an issue come after: a ledger that does not hold takes nothing down."""
        self._check_serving()
        changes, failed = self._orphan_terms.look()
        return Result(1, changes, failed=failed)

    def _reconcile_case(self, key: str) -> Result:
        done: list[Plan] = []
        unshown: list[LaikError] = []
        for _ in range(MAX_ROUNDS):
            seen = self._look(key)
            plan = _before_merging(_remembered_first(self._plan(seen))) if seen else ()
            if seen is None or not plan:
                self._showing.pop(key, None)
                return _result(done, unshown)
            unshown.extend(self._carry_out(seen, plan))
            done.append(plan)
            if only_shows(plan):
                if not _disputed(seen):
                    self._count_showing(key, plan)
                return _result(done, unshown)
        raise _never_settled(key, done[-1])

    def _look(self, key: str) -> Seen | None:
        """The case as it is now, with what is learnt and held of it whatever is decided.

        Raises:
            InvalidProcedure: it stands still, since the SOP that it is pinned to is not there; its card says
                so, and nothing else of it is touched.
        """
        seen = self._observer.observe(key)
        self._note_issue(key, gone=seen is None)
        if seen is not None and seen.stopped is not None:
            card = lifekeeper.stopped_card(key, seen.intake.place, seen.stopped)
            self._carry_out(seen, difference([card], seen.intake.shown))
            raise seen.stopped
        if seen is not None and self._learn_accounts(seen):
            seen = self._observer.observe(key)  # somebody's words may be nobody's now
        if seen is not None:
            hold_links(self._store.links, seen)
        return seen

    def _note_issue(self, key: str, *, gone: bool) -> None:
        """A case outlives its issue: what was decided and is served stays; that it is gone is told once."""
        ledger = self._store.ledger
        memory = remember(ledger.entries(key))
        if not memory.is_case or memory.issue_gone == gone:
            return
        if gone:
            log.warning("%s: issue kasus tidak ada lagi; yang diputuskan dan disajikan tetap", key)
        ledger.append(key, "issue_gone", {"gone": gone}, at=self._now(), expect=memory.seq)

    def _learn_accounts(self, seen: Seen) -> bool:
        """Before anybody's words count, whose the policy's names are is kept for good."""
        acts = seen.observation.acts if seen.observation else ()
        office, find = seen.office, self._forge.find_user
        return self._accounts.learn(office.policy, office.policy_text, find, acts, at=self._now())

    def _count_showing(self, key: str, plan: Plan) -> None:
        last, times = self._showing.get(key, ((), 0))
        self._showing[key] = (plan, times + 1 if plan == last else 1)
        if self._showing[key][1] > MAX_REPEATS:
            raise _never_settled(key, plan)

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
                declared=seen.observation.procedure.roles,
            )
            try:
                return decide(seen.observation, view, self._checks)
            except NotCollected as question:
                collected.update(collect(question.ids, sources))
        raise AssertionError(f"evidence of {seen.observation.key} is asked for without end")

    def _carry_out(self, seen: Seen, plan: Plan) -> tuple[LaikError, ...]:
        return Applier(
            self._forge,
            self._store,
            key=seen.intake.key,
            seq=seen.intake.memory.seq,
            issue=seen.issue,
            templates=self._templates,
            hook=self._hook,
            serve=self._serve,
            now=self._now,
        ).carry_out(plan)

    def _key_of_issue(self, iid: int) -> tuple[str, ...]:
        control = self._office.known_projects().get("kendali") or self._office.read(secret=False).control.id
        issue = self._forge.get_issue(control, iid)
        return (case_key(issue),) if issue is not None else ()


def only_shows(plan: Plan) -> bool:
    """Whether nothing in the plan is an input of a decision; see the module.

    What a card showed under a code is remembered with it; acts are ruled by what was remembered before them.
    Who forged a status is remembered to be told of.
    """
    return all(
        isinstance(change, Shows) or (isinstance(change, Remember) and change.kind in SHOWN_KINDS)
        for change in plan
    )


def _result(done: list[Plan], unshown: list[LaikError]) -> Result:
    told = {str(problem): problem for problem in unshown}
    changes = tuple(change for plan in done for change in plan)
    return Result(len(done), changes, failed=tuple(told.values()))


def _disputed(seen: Seen) -> bool:
    """Whether somebody posts statuses in laik's name: then it is he who does not let them stand.

    One run writes over each once. He causes a run with each of his, so laik posts no more than he does.
    """
    return seen.observation is not None and bool(seen.observation.shown.foreign)


def _remembered_first(plan: Plan) -> Plan:
    """The entries that decide, without the rest of a plan that but for them only shows; see the module.

    Answers go with them: why an act does not count is known in the round that rules on it, and stands in no
    ledger. Where a merge, a repository or the issue's closing waits, nothing is put off: another round
    follows those anyway.
    """
    deciding = [change for change in plan if not only_shows((change,))]
    if not all(isinstance(change, Remember) for change in deciding):
        return plan
    return tuple(one for one in plan if one in deciding or isinstance(one, Answer)) if deciding else plan


def _before_merging(plan: Plan) -> Plan:
    """The plan without its merge as long as there is anything else in it; see the module.

    But for statuses of other projects: whoever may push there could post against laik for ever, or use up
    what the forge takes for one commit, and hold up the merge of what was decided.
    """
    merges = [change for change in plan if isinstance(change, MergeHosting)]
    merged_in = {change.project_id for change in merges}
    for change in plan:
        elsewhere = isinstance(change, PostStatus) and change.project_id not in merged_in
        if not isinstance(change, MergeHosting) and not elsewhere:
            return tuple(one for one in plan if not isinstance(one, MergeHosting))
    return plan


def _never_settled(key: str, last: Plan) -> NeverSettled:
    left = "; ".join(dict.fromkeys(describe(change) for change in last))[:500]
    return NeverSettled(
        Bilingual(
            f"Kasus belum tenang; yang terus direncanakan: {left}.",
            f"The case did not settle; what is planned again and again: {left}.",
        ),
        remedy=Bilingual(
            "Jalankan `laik reconcile --dry-run` dan laporkan hasilnya.",
            "Run `laik reconcile --dry-run` and report what it prints.",
        ),
        where=Where(case=key),
    )
