"""Sweeps: which keys something happened to, found in a few calls however many cases there are.

Webhooks are hints and get lost, so laik looks by itself now and then. Asking for each of a thousand cases
would cost ten thousand calls to find that nothing moved; the forge's own listings of what *changed* answer
the same in a dozen. What they name leads to cases by issue number, or by the links the ledger's projects are
kept under; each such case is then read whole as after any event.

A clock changes nothing on the forge: what fell due, or nearly, since the last sweep is told by the ledger, in
one query over the turns it keeps.

Changes that no listing tells (a status posted in our name, a comment deleted, a day gone by) are seen by a
whole sweep over every unfinished case: at start, once a day, and when the policy text is another. SOPs,
checks and laik itself can only change by a restart.

The mark up to which was read lives in memory with the queue it fills: a restart loses both and looks at
everything. A key that fails stays in the queue, so a mark never waits for one. Marks are the forge's own
time from before the listings were asked, minus an overlap; our clock is never compared with the forge's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from automation.core.errors import LaikError
from automation.core.inventory import Proposed, asking
from automation.core.nameterm import stage_of
from automation.core.request import looks_like_request
from automation.forges.base import Forge, Group, Issue
from automation.keys import HOSTING, POLICY, SERVING
from automation.observe.inventory import merged_records
from automation.observe.keys import KEY, case_key
from automation.observe.office import Office, OfficeReader
from automation.store.open import Store

# A change carries the time its transaction began and shows when it ends; replicas lag behind that.
OVERLAP = timedelta(seconds=30)
HEADS = 1000  # branches of the control project that are compared
READINGS = 5  # of one listing, until it brings nothing new


@dataclass(frozen=True, slots=True)
class _Mark:
    """What the last sweep saw: the forge's time, ours, our day, the policy, and branches."""

    at: datetime
    woken: datetime
    day: date
    policy: bytes
    hosting: str | None
    secret: str | None
    control: Mapping[str, str]


class Sweeper:
    """Finds keys to look at; remembers how far it has read, and nothing of any case."""

    def __init__(
        self,
        forge: Forge,
        store: Store,
        office: OfficeReader,
        *,
        now: Callable[[], datetime],
        policy_waits: Callable[[], bool] = lambda: False,
    ) -> None:
        self._forge = forge
        self._store = store
        self._office = office
        self._now = now
        self._policy_waits = policy_waits
        self._mark: _Mark | None = None
        self._secret: str | None = None
        self._groups: tuple[Group, ...] = ()

    def whole(self) -> tuple[str, ...]:
        """Every unfinished case, every open request, hosting, the policy, and what is served."""
        self._office.refresh()
        return self._all_of(self._office.read(secret=False))

    def changed(self) -> tuple[str, ...]:
        """The keys something happened to since the last sweep; all of them when a whole sweep is due."""
        at, now = self._forge.server_time(), self._now()
        office, last = self._office.read(), self._mark
        day = self._day(office)
        if last is None or last.day != day or last.policy != office.policy_text:
            self._office.refresh()
            self._groups = self._found_groups(office)
            keys = self._all_of(office)
        else:
            keys = self._since(office, last, now)
        hosting = office.hosting_mirror.head(office.hosting.default_branch)
        self._secret = office.secret_mirror.head(office.secret.default_branch)
        control = office.control_mirror.heads(HEADS)
        self._mark = _Mark(at, now, day, office.policy_text, hosting, self._secret, control)
        return keys

    def with_new_reports(self) -> tuple[str, ...]:
        """The cases whose security report changed since it was last looked at; all while nobody has."""
        office, before = self._office.read(), self._secret
        keys = self._with_reports(office, before)
        self._secret = office.secret_mirror.head(office.secret.default_branch)
        return keys

    def _all_of(self, office: Office) -> tuple[str, ...]:
        open_issues = self._open_issues(office)
        filed = [case_key(one) for one in open_issues if looks_like_request(one.description)]
        cases = dict.fromkeys([*self._unfinished(), *filed, *self._with_names(office)])
        return (*cases, POLICY, HOSTING, SERVING)

    def _since(self, office: Office, last: _Mark, now: datetime) -> tuple[str, ...]:
        since = last.at - OVERLAP
        unfinished, accepted = frozenset(self._unfinished()), frozenset(self._store.ledger.cases())
        keys = [
            *self._with_issues(office, since, accepted),
            *(key for key in self._with_projects(since) if key in unfinished),
            *self._with_reports(office, last.secret),
            *self._with_policy(office, last),
            *self._with_hosting(office, since, last),
            *(key for key in self._store.ledger.turning(last.woken, now) if key in unfinished),
        ]
        return (*dict.fromkeys(keys), SERVING)

    def _with_issues(self, office: Office, since: datetime, accepted: frozenset[str]) -> list[str]:
        """Also of finished cases: a name is taken down by a comment there."""
        issues = self._forge.list_issues(office.control.id, updated_after=since, state="all")
        return [
            key
            for one in issues
            if (key := case_key(one)) in accepted or (one.open and looks_like_request(one.description))
        ]

    def _with_names(self, office: Office) -> list[str]:
        """Cases, also finished ones, of a name whose term ends soon, or that is not served or gone yet."""
        ledger, notice, today = (
            self._store.ledger,
            office.policy.hosting.pemberitahuan_hari,
            self._day(office),
        )
        ending = [row.case for row in ledger.admitted() if stage_of(row.until, today, notice)]
        return [*ending, *ledger.unapplied(), *self._with_records(office)]

    def _day(self, office: Office) -> date:
        """The day it is where the office is."""
        return office.policy.day_of(self._now())

    def _with_records(self, office: Office) -> list[str]:
        """Cases whose application's record in the inventory asks something of people."""
        records, ledger = merged_records(office), self._store.ledger
        if records is None:
            return []
        proposals = [Proposed(one.case, str(one.body["path"]), one.at.date()) for one in ledger.proposals()]
        served = {row.case for row in ledger.admitted()}
        nameless = frozenset(row.case for row in ledger.released() if row.case not in served)
        found, accepted = asking(records, proposals, nameless, self._day(office)), ledger.cases()
        return [one for one in accepted if one in found]

    def _with_projects(self, since: datetime) -> list[str]:
        """Cases whose repositories were pushed to, or have a merge request that changed."""
        projects: set[int] = set()
        for group in self._groups:
            projects.update(one.id for one in self._forge.list_changed_projects(group, since))
            projects.update(self._forge.list_changed_requests(group, since))
        return [case for one in sorted(projects) for case in self._store.links.cases_of(one)]

    def _with_reports(self, office: Office, before: str | None) -> tuple[str, ...]:
        """Cases by the folders of the secret project that differ from a commit seen before."""
        mirror = office.secret_mirror
        now = mirror.head(office.secret.default_branch)
        if now == before:
            return ()
        unfinished = self._unfinished()
        try:
            if now is None or before is None or not mirror.has(before):
                return unfinished
            paths = [name for one in mirror.changes(before, now) for name in (one.path, one.old_path) if name]
        except LaikError:  # a tree too large to compare
            return unfinished
        folders = {path.partition("/")[0].upper() for path in paths}
        return tuple(key for key in unfinished if key in folders)

    def _with_policy(self, office: Office, last: _Mark) -> list[str]:
        """The policy's desk, while there is anything to it: it asks the forge what nothing here can tell.

        That is while another policy stands on the branch or a change was open at the last look, and when a
        branch was pushed, without which there is no new change.
        """
        pushed = office.control_mirror.heads(HEADS) != last.control
        return [POLICY] if office.policy_differs or self._policy_waits() or pushed else []

    def _with_hosting(self, office: Office, since: datetime, last: _Mark) -> list[str]:
        """The hosting desk, and the cases whose request there changed, was closed or was merged."""
        requests = self._forge.list_merge_requests(office.hosting.id, state="all", updated_after=since)
        head = office.hosting_mirror.head(office.hosting.default_branch)
        if not requests and head == last.hosting:
            return []
        linked = [case for one in requests for case in self._store.links.cases_of(office.hosting.id, one.iid)]
        waiting = [row.case for row in self._store.ledger.intended()]
        return [*linked, *waiting, HOSTING]

    def _unfinished(self) -> tuple[str, ...]:
        return tuple(key for key in self._store.ledger.unfinished() if KEY.fullmatch(key))

    def _found_groups(self, office: Office) -> tuple[Group, ...]:
        """The groups of case files and applications; one may be missing, or one be both."""
        paths = dict.fromkeys((office.policy.proyek.berkas, office.policy.proyek.aplikasi))
        found = (self._forge.find_group(path) for path in paths)
        return tuple(one for one in found if one is not None)

    def _open_issues(self, office: Office) -> Iterable[Issue]:
        """All open issues, none of them lost between two pages.

        Pages are counted, not marked: an issue that is closed or deleted while page one is behind us moves
        every later one forward, and the first of page two is never shown. So the listing is read again until
        a reading brings nothing new; nearly all of that is answered 304. What changed since a time needs none
        of it: issues enter that listing and, unless deleted, do not leave it.
        """
        found: dict[int, Issue] = {}
        for _ in range(READINGS):
            read = {one.iid: one for one in self._forge.list_issues(office.control.id)}
            new = read.keys() - found.keys()
            found.update(read)
            if not new:
                break
        return found.values()
