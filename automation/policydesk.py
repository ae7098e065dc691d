"""The policy's desk: judges changes of the policy, admits what its owners agreed to, and tells of the rest.

Nothing but this module brings another policy into force, and nothing but :mod:`automation.inforce` says which
one is. A merge request is judged while it is open, so that its owners know before they merge; what counts is
what stands on the protected branch afterwards, and the forge's own word that it came by a merge.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from automation.alarm import Alarm, AlarmBell, Deviating
from automation.apply import Applier, Serve
from automation.bots import policykeeper
from automation.bots.desk import card_marker
from automation.bots.policykeeper import CARD, PolicyDeskView
from automation.core.errors import ForgeRefused, LaikError
from automation.core.forgery import forgeries
from automation.core.memory import Memory, remember
from automation.core.plan import Change, Place, Plan, WriteCard
from automation.core.policy import Known
from automation.core.policyadmission import (
    STEP,
    PolicyChange,
    StandingPolicy,
    judge,
    owners_entry,
)
from automation.core.reconcile import ShownState, Target, difference
from automation.core.text import Bilingual
from automation.forges.base import Comment, Forge
from automation.inforce import POLICY_FILE, digest_of_text
from automation.keys import POLICY
from automation.observe import people
from automation.observe.office import Office, OfficeReader
from automation.observe.policyrequests import PolicyRequest, landed_change, open_changes
from automation.observe.shown import answers, cards, statuses
from automation.proposedpolicy import TAKEN_AWAY, between, judged_change
from automation.store.open import Store

GONE = 404
BELL = AlarmBell(POLICY, "penyimpangan-kebijakan", "Kebijakan yang belum berlaku")


@dataclass(frozen=True, slots=True)
class Judged:
    """What one look did: what was written, whether another policy is in force, what could not be judged."""

    changes: Plan
    admitted: bool
    failed: tuple[LaikError, ...]


class PolicyDesk:
    """Judges changes of the policy; holds clients, and of what it saw only whether to look again.

    Besides that, which entry was told of: a process that was cut off in between makes good by the next.
    """

    def __init__(
        self,
        forge: Forge,
        store: Store,
        office: OfficeReader,
        *,
        known: Known,
        serve: Serve,
        now: Callable[[], datetime],
    ) -> None:
        self._forge = forge
        self._store = store
        self._office = office
        self._known = known
        self._serve = serve
        self._now = now
        self._alarm = Alarm(forge, store.ledger, BELL, now=now)
        self._told = 0
        self.waits = False
        """Whether a change of the policy was open at the last look: people may be speaking there."""

    def sort_out(self) -> Judged:
        """Judge every open change of the policy, and what stands on the branch."""
        done: list[Plan] = []
        failed: list[LaikError] = []
        admitted = self._settle_branch(self._office.read(secret=False), done, failed)
        office = self._office.read(secret=False)
        requests = open_changes(self._forge, office)
        self.waits = any(one.touches for one in requests)
        spoken = self._spoken()
        for seen in requests:
            if seen.touches or str(seen.request.iid) in spoken:
                _tried(partial(self._settle, office, seen), done, failed)
        return Judged(tuple(change for plan in done for change in plan), admitted, tuple(failed))

    # ---- what stands on the branch

    def _settle_branch(self, office: Office, done: list[Plan], failed: list[LaikError]) -> bool:
        """Whether the policy that stands on the branch came into force now."""
        if not office.policy_differs:
            self._alarm.tell(office, (), "")
            _tried(partial(self._tell_in_force, office), done, failed)
            return False
        request = landed_change(self._forge, office)
        if request is None:
            self._raise(office, _UNCALLED)
            return False
        seen = PolicyRequest(request, office.on_branch, touches=True, stage="merged")
        # Who merged may close the request to comments: neither admission nor alarm hangs on the card.
        _tried(partial(self._settle, office, seen), done, failed)
        if self._admit(office, seen):
            now = self._office.read(secret=False)
            self._alarm.tell(now, (), "")
            _tried(partial(self._tell_in_force, now), done, failed)
            return True
        self._raise(office, _merged_without(request.iid))
        return False

    def _admit(self, office: Office, seen: PolicyRequest) -> bool:
        """Bring into force what two owners agreed to and the forge says was merged."""
        request, text = seen.request, office.on_branch
        if request.merged_by is None or text is None:
            return False
        standing = self._standing()
        change = self._change(office, text)
        acts = people.acts(office.me, self._comments(office, request.iid))
        verdict = judge(change, standing, acts, self._memory())
        if not verdict.admissible:
            return False
        entry = owners_entry(
            change,
            standing,
            verdict,
            merge_request=request.iid,
            merge_sha=request.merge_sha or "",
            merged_by=request.merged_by.id,
        )
        self._office.in_force.admit(text, entry, over=standing)
        return True

    def _tell_in_force(self, office: Office) -> Plan:
        """Say on its merge request that the policy is in force; looked after once by every process."""
        standing = self._standing()
        if not standing.merge_request or self._told == standing.seq:
            return ()
        place = Place(office.control.id, "merge_request", standing.merge_request)
        try:
            comments = self._comments(office, place.iid)
        except ForgeRefused as refusal:
            if refusal.status == GONE:  # whoever deletes the request must not keep laik trying for good
                self._told = standing.seq
                return ()
            raise
        names = [one.account for one in people.acts(office.me, comments) if one.id in standing.acts]
        card = WriteCard(place, policykeeper.in_force_card(standing, names), None)
        shown = ShownState(cards=cards(CARD, office.me, comments))
        plan = self._carried_out(self._memory(), difference([card], shown))
        self._told = standing.seq
        return plan

    def _raise(self, office: Office, said: Bilingual) -> None:
        seen = digest_of_text(office.on_branch) if office.on_branch is not None else ""
        deviating = Deviating(POLICY_FILE, "changed" if seen else "deleted", seen, said)
        self._alarm.tell(office, [deviating], policykeeper.alarm_card(card_marker(BELL.card), said))

    # ---- merge requests

    def _spoken(self) -> frozenset[str]:
        """The requests on which a code was shown once; only there can there be a card to take back."""
        told = self._memory().shown
        return frozenset(one.subjects.get("merge_request", "") for one in told if one.step == STEP)

    def _settle(self, office: Office, seen: PolicyRequest) -> Plan:
        """Show on one merge request what it amounts to."""
        request, memory = seen.request, self._memory()
        place = Place(office.control.id, "merge_request", request.iid)
        comments = self._comments(office, request.iid)
        if seen.stage == "open" and not seen.touches:
            card = (
                policykeeper.unreadable_card(seen.problem) if seen.problem else policykeeper.untouched_card()
            )
            wished: list[Change] = [WriteCard(place, card, None)]
        else:
            wished = policykeeper.wishes(self._view(office, seen, comments))
        targets = [Target(place.project_id, request.head_sha)] if self._postable(office, seen) else []
        posted = statuses(self._forge, office.me, targets)
        shown = ShownState(
            cards=cards(CARD, office.me, comments),
            answers=answers(office.me, comments, memory.answered),
            statuses=posted.standing,
            foreign=posted.foreign,
            details=posted.details,
        )
        plan = (*forgeries(shown.foreign, memory), *difference(wished, shown))
        return self._carried_out(memory, plan)

    def _view(self, office: Office, seen: PolicyRequest, comments: people.Comments) -> PolicyDeskView:
        request, standing, memory = seen.request, self._standing(), self._memory()
        change = self._change(office, seen.text)
        if seen.problem is not None:
            change = replace(change, problems=(seen.problem, *change.problems))
        return PolicyDeskView(
            place=Place(office.control.id, "merge_request", request.iid),
            head_sha=request.head_sha if self._postable(office, seen) else "",
            stage=seen.stage,
            standing=standing,
            verdict=judge(change, standing, people.acts(office.me, comments), memory),
            differences=between(office.policy, seen.text),
            owners=office.policy.pemilik_kebijakan,
            memory=memory,
            web_url=request.web_url,
        )

    def _postable(self, office: Office, seen: PolicyRequest) -> bool:
        """A forge takes statuses for commits on a branch only."""
        on_branch = office.control_mirror.is_on_a_branch
        return seen.stage == "open" and seen.touches and on_branch(seen.request.head_sha)

    def _comments(self, office: Office, iid: int) -> Mapping[Place, tuple[Comment, ...]]:
        place = Place(office.control.id, "merge_request", iid)
        return {place: tuple(self._forge.list_comments(place.project_id, place.kind, place.iid))}

    # ---- what is remembered

    def _change(self, office: Office, text: bytes | None) -> PolicyChange:
        if text is None:
            return TAKEN_AWAY
        return judged_change(self._forge, self._office, office.policy, text, self._known, self._now())

    def _standing(self) -> StandingPolicy:
        found = self._office.in_force.standing()
        if found is None:
            raise AssertionError("reading the office admits the first policy")
        return found

    def _memory(self) -> Memory:
        return remember(self._store.ledger.entries(POLICY))

    def _carried_out(self, memory: Memory, plan: Plan) -> Plan:
        applier = Applier(
            self._forge,
            self._store,
            key=POLICY,
            seq=memory.seq,
            issue=None,
            templates={},
            hook=None,
            serve=self._serve,
            now=self._now,
        )
        for problem in applier.carry_out(plan):
            raise problem
        return plan


def _tried(settle: Callable[[], Plan], done: list[Plan], failed: list[LaikError]) -> None:
    """One request must not keep the others, nor the alarm, from being looked at."""
    try:
        done.append(settle())
    except LaikError as problem:
        failed.append(problem)


_UNCALLED = Bilingual(
    f"{POLICY_FILE} pada cabang utama berubah tanpa merge request: didorong langsung, atau riwayatnya ditulis"
    " ulang.",
    f"{POLICY_FILE} on the default branch changed without a merge request: it was pushed there, or history"
    " was rewritten.",
)


def _merged_without(iid: int) -> Bilingual:
    return Bilingual(
        f"Perubahan pada merge request nomor {iid} sudah digabungkan, tetapi belum disetujui dua pemilik,"
        " atau tidak dapat berlaku. Lihat kartu di sana.",
        f"The change in merge request number {iid} was merged, but two owners have not agreed to it, or it"
        " cannot come into force. See the card there.",
    )
