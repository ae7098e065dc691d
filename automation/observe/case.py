"""The observer: everything of one case, read anew, in named small steps.

An event only says *which case*; what is true is read here from the forge, the mirrors and the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from automation.accounts import Accounts
from automation.bots.intake import Intake
from automation.collect.mirror import Mirrors
from automation.core.act import Act
from automation.core.authority import Acting, roles_on
from automation.core.catalogue import Catalogue, sop_digest
from automation.core.clock import ClockRules, clock_rules
from automation.core.confirmation import confirm
from automation.core.errors import InvalidProcedure, LaikError
from automation.core.hosting import HostingEvidence
from automation.core.inventory import FOLDER as INVENTORY
from automation.core.life import leads_on, named_cases
from automation.core.memory import Memory, linked_at, remember
from automation.core.plan import Place
from automation.core.policy import digest_of
from automation.core.policycalendar import NationalDays
from automation.core.procedure import Procedure
from automation.core.reconcile import Links, Observation, Target
from automation.forges.base import Comment, Forge, Issue
from automation.observe import people
from automation.observe.comments import comments_of
from automation.observe.evidence import Scanner, Sources
from automation.observe.forms import held_to_agency, read_form
from automation.observe.homes import Home, code_digest, home, kak_under_review
from automation.observe.hostingrequests import (
    SeenRequest,
    hosting_facts,
    merged_as_intended,
    open_requests,
    registry,
)
from automation.observe.keys import case_key, issue_number
from automation.observe.office import Office, OfficeReader
from automation.observe.orphans import orphans
from automation.observe.shown import shown_state
from automation.store.open import Store

MAX_TARGETS = 12  # open merge requests that show statuses; more only cost calls


@dataclass(frozen=True, slots=True)
class Seen:
    """One case, observed: an accepted case with its sources, or a request still at intake.

    ``stopped`` is why an accepted case has neither: the SOP that it is pinned to is not there.
    """

    office: Office
    issue: Issue
    intake: Intake
    observation: Observation | None
    sources: Sources | None
    stopped: LaikError | None = None

    @property
    def hosting_request(self) -> tuple[int, int] | None:
        """Project and number of the case's open hosting merge request."""
        facts = self.observation.hosting if self.observation else None
        return (facts.project_id, facts.iid) if facts else None


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of an accepted case, as far as they were read."""

    office: Office
    issue: Issue
    intake: Intake
    procedure: Procedure
    successor: Procedure | None
    successor_digest: str
    agency: str
    berkas: Home | None
    aplikasi: Home | None
    permanent: Mapping[str, frozenset[str]]
    acting: tuple[Acting, ...]
    now: datetime
    rules: ClockRules
    request: SeenRequest | None
    candidate: str
    comments: people.Comments
    passed_on: bool = False

    @property
    def key(self) -> str:
        return self.intake.key

    @property
    def memory(self) -> Memory:
        return self.intake.memory

    @property
    def roles(self) -> Mapping[str, frozenset[str]]:
        """Who holds which role today, acting officials too."""
        return roles_on(self.permanent, self.acting, self.rules.calendar.day_of(self.now))


class Observer:
    """Reads cases; holds clients, never state of a case."""

    def __init__(
        self,
        forge: Forge,
        mirrors: Mirrors,
        store: Store,
        office: OfficeReader,
        *,
        procedures: Mapping[str, Procedure],
        versions: Catalogue | None = None,
        scanner: Scanner,
        now: Callable[[], datetime],
        national: Callable[[int], NationalDays],
    ) -> None:
        self._forge = forge
        self._mirrors = mirrors
        self._store = store
        self._accounts = Accounts(store.ledger)
        self._office = office
        self._procedures = procedures
        self._versions = versions or Catalogue.of(procedures.values())
        self._scanner = scanner
        self._now = now
        self._national = national

    def observe(self, key: str) -> Seen | None:
        """The case as it is now; None when its issue is gone, or is another one."""
        office = self._office.read()
        issue = self._forge.get_issue(office.control.id, issue_number(key))
        if issue is None or case_key(issue) != key:  # PA-1999-0007 would become a second case of issue 7
            return None
        filed = remember(self._store.ledger.entries(key)).filed
        if (
            filed and filed != issue.created_at.isoformat()
        ):  # a forge that gave a deleted issue's number again
            return None
        place = Place(office.control.id, "issue", issue.iid)
        comments = {place: self._said(place)}
        intake = self._intake(office, key, issue, comments)
        if not intake.memory.is_case:
            return Seen(office, issue, intake, None, None)
        try:
            procedure = self._procedure(intake.memory, key)
        except InvalidProcedure as problem:
            return Seen(office, issue, intake, None, None, problem)
        parts = self._parts(office, issue, intake, procedure, comments)
        return Seen(office, issue, intake, self._observation(parts), self._sources(parts))

    def _said(self, place: Place) -> tuple[Comment, ...]:
        """What was said at a place, each by the account that the policy's name stands for, or by nobody's."""
        return self._accounts.spoken(self._forge.list_comments(place.project_id, place.kind, place.iid))

    def _intake(self, office: Office, key: str, issue: Issue, comments: people.Comments) -> Intake:
        memory = remember(self._store.ledger.entries(key))
        reading = read_form(issue, office.policy, self._procedures)
        return Intake(
            key=key,
            place=Place(office.control.id, "issue", issue.iid),
            title=issue.title,
            body=issue.description,
            author=issue.author.username,
            reading=held_to_agency(reading, memory),
            policy=office.policy,
            procedures=self._procedures,
            memory=memory,
            shown=shown_state(self._forge, office.me, key, issue, comments),
            filed=issue.created_at.isoformat(),
        )

    def _parts(
        self, office: Office, issue: Issue, intake: Intake, procedure: Procedure, comments: people.Comments
    ) -> _Parts:
        memory = intake.memory
        confirmed = office.policy.penegakan.get(memory.procedure)
        offered = self._versions.get(memory.procedure, memory.offer.version) if memory.offer else None
        agency, now = memory.agency or intake.reading.agency, self._now()
        berkas = home(self._forge, self._mirrors, memory.projects.get("berkas"))
        aplikasi = home(self._forge, self._mirrors, memory.projects.get("aplikasi"))
        request = self._hosting_request(office, intake.key, agency)
        if request is not None:
            place = Place(office.hosting.id, "merge_request", request.request.iid)
            comments = {**comments, place: self._said(place)}
        return _Parts(
            office=office,
            issue=issue,
            intake=intake,
            procedure=confirm(procedure, confirmed),
            successor=confirm(offered, confirmed) if offered else None,
            successor_digest=sop_digest(offered) if offered else "",
            agency=agency,
            berkas=berkas,
            aplikasi=aplikasi,
            permanent=people.roles(procedure, office.policy, agency, berkas),
            acting=office.policy.acting_in(agency),
            now=now,
            rules=self._rules(office, now, procedure.id),
            request=request,
            candidate=_candidate(memory, request, aplikasi),
            comments=comments,
            passed_on=aplikasi is not None and self._passed_on(intake.key, aplikasi.project.id),
        )

    def _passed_on(self, key: str, project: int) -> bool:
        """Whether another case was linked to the application after this one."""
        cases = self._store.links.cases_of(project)
        if len(cases) < 2:
            return False
        linked = {one: linked_at(self._store.ledger.entries(one), project) for one in cases}
        return max(linked, key=lambda one: (linked[one], one)) != key

    def _observation(self, parts: _Parts) -> Observation:
        acts = people.acts(parts.office.me, parts.comments)
        targets = self._targets(parts)
        facts = None
        if parts.request is not None:
            facts = hosting_facts(
                self._forge,
                parts.office,
                parts.request,
                parts.comments,
                acts,
                parts.memory,
                people.approvers(parts.procedure, parts.roles),
                parts.rules.calendar.day_of(parts.now),
            )
        return Observation(
            key=parts.key,
            place=parts.intake.place,
            procedure=parts.procedure,
            acts=acts,
            memory=parts.memory,
            roles=parts.roles,
            permanent=parts.permanent,
            acting=parts.acting,
            successor=parts.successor,
            successor_digest=parts.successor_digest,
            hosting=facts,
            targets=targets,
            shown=shown_state(
                self._forge,
                parts.office.me,
                parts.key,
                parts.issue,
                parts.comments,
                targets,
                parts.memory.answered,
            ),
            now=parts.now,
            rules=parts.rules,
            links=_links(parts),
            title=parts.issue.title,
            agency=parts.agency,
            candidate=parts.candidate,
            code_digest=code_digest(parts.aplikasi, parts.candidate),
            newer_commits=parts.aplikasi.newer(parts.candidate) if parts.aplikasi else 0,
            merged=merged_as_intended(self._forge, parts.office, parts.key, parts.memory, self._store.ledger),
            comments=comments_of(parts.comments),
            passed_on=parts.passed_on,
            inventory_text=_inventory_text(parts),
            admitted_text=_admitted_text(parts),
            cases=self._named_cases(parts.key, acts, parts.memory),
            orphans=orphans(
                self._forge,
                parts.office.control.id,
                self._store.ledger,
                parts.key,
                acts,
                parts.memory,
                self._stands_still,
            ),
        )

    def _named_cases(self, key: str, acts: Sequence[Act], memory: Memory) -> frozenset[str]:
        """Which of the cases that somebody calls this one a duplicate of lead on; itself never does."""
        named = named_cases(acts, memory) - {key}
        return frozenset(one for one in named if leads_on(remember(self._store.ledger.entries(one))))

    def _rules(self, office: Office, now: datetime, sop: str) -> ClockRules:
        """What the policy of now lays down about time; the nation's days are of the package installed."""
        zone, national = office.policy.organisasi.zona_waktu, self._national(now.year)
        return clock_rules(office.policy.kalender, zone, national, sop)

    def _procedure(self, memory: Memory, key: str) -> Procedure:
        """The SOP version the case started with, as it was then (architecture, decision 8)."""
        return self._versions.pinned(memory.procedure, memory.version, memory.sop_digest, case=key)

    def _stands_still(self, memory: Memory, key: str) -> bool:
        try:
            self._procedure(memory, key)
        except InvalidProcedure:
            return True
        return False

    def _hosting_request(self, office: Office, key: str, agency: str) -> SeenRequest | None:
        """The oldest open hosting merge request that names this case, by someone the case concerns."""
        for seen in open_requests(self._forge, office, self._store.ledger):
            if seen.case == key and office.policy.concerns(seen.request.author.username, agency):
                return seen
        return None

    def _sources(self, parts: _Parts) -> Sources:
        office, request, aplikasi = parts.office, parts.request, parts.aplikasi
        secret_head = office.secret_mirror.head(office.secret.default_branch)
        named = [request.request.head_sha, request.path, request.blob] if request else []
        return Sources(
            key=parts.key,
            procedure=parts.procedure,
            reading=parts.intake.reading,
            berkas=parts.berkas.source if parts.berkas else None,
            rahasia=(office.secret_mirror, secret_head) if secret_head else None,
            aplikasi=(aplikasi.mirror, parts.candidate) if aplikasi and parts.candidate else None,
            overlay=kak_under_review(self._forge, parts.berkas, parts.procedure),
            hosting=self._hosting_evidence(parts, request) if request else None,
            hosting_digest=digest_of(named) if request else "",
            scanner=self._scanner,
        )

    def _hosting_evidence(self, parts: _Parts, request: SeenRequest) -> HostingEvidence:
        aplikasi = parts.aplikasi
        return HostingEvidence(
            changes=request.changes,
            base=registry(parts.office, self._store.ledger),
            head_text=request.text,
            case_key=parts.key,
            case_agency=parts.agency,
            reachable=aplikasi is not None and aplikasi.is_on_default_branch(request.named_sha),
            fork=request.fork,
        )

    def _targets(self, parts: _Parts) -> tuple[Target, ...]:
        """Commits that show the gates: default head, candidate, open merge requests, the hosting request."""
        targets: list[Target] = []
        aplikasi, request = parts.aplikasi, parts.request
        if aplikasi is not None and not parts.passed_on:  # two cases would write over each other without end
            heads = [one.head_sha for one in self._forge.list_merge_requests(aplikasi.project.id)]
            named = dict.fromkeys([aplikasi.head, parts.candidate, *heads[:MAX_TARGETS]])
            targets.extend(Target(aplikasi.project.id, sha) for sha in named if aplikasi.shows(sha))
        if request is not None and not request.fork:
            targets.append(Target(parts.office.hosting.id, request.request.head_sha))
        return tuple(targets)


def _inventory_text(parts: _Parts) -> bytes | None:
    """The application's file in the inventory on the control project's protected branch."""
    request, office = parts.intake.reading.request, parts.office
    head = office.control_mirror.head(office.control.default_branch)
    if not parts.memory.finished or request is None or head is None:
        return None
    try:
        return office.control_mirror.read(head, f"{INVENTORY}{request.slug}.yaml")
    except LaikError:  # too large: people's own doing, and nothing is decided from it
        return b"\x00"


def _admitted_text(parts: _Parts) -> bytes | None:
    admitted = parts.memory.admitted
    if not parts.memory.finished or admitted is None:
        return None
    return parts.office.hosting_mirror.read_blob(admitted.blob)


def _candidate(memory: Memory, request: SeenRequest | None, aplikasi: Home | None) -> str:
    """The commit that is judged: the one named for hosting, else the one served, else the newest."""
    if request is not None and request.named_sha:
        return request.named_sha
    if memory.admitted is not None:
        return memory.admitted.sha
    return aplikasi.head if aplikasi else ""


def _links(parts: _Parts) -> Links:
    return Links(
        issue=parts.issue.web_url,
        berkas=parts.berkas.project.web_url if parts.berkas else "",
        aplikasi=parts.aplikasi.project.web_url if parts.aplikasi else "",
        hosting=parts.request.request.web_url if parts.request else "",
    )
