"""The observer: everything of one case, read anew, in named small steps.

An event only says *which case*; what is true is read here from the forge, the mirrors and the ledger.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from automation.bots.desk import answer_prefix, card_marker
from automation.bots.intake import Intake
from automation.collect.gittree import code_snapshot
from automation.collect.mirror import Mirror, Mirrors
from automation.core.act import Act, Said, acts_of
from automation.core.errors import InvalidProcedure, LaikError, Where
from automation.core.hosting import HostingEvidence
from automation.core.memory import Memory, remember
from automation.core.plan import Place, PlaceKind
from automation.core.policy import Policy, digest_of
from automation.core.procedure import Procedure
from automation.core.reconcile import Links, Observation, ShownState, Target
from automation.core.request import RequestReading, parse_request
from automation.core.text import Bilingual
from automation.core.yamltext import load_mapping
from automation.forges.base import Comment, Forge, Issue, Project, User
from automation.observe.evidence import Scanner, Sources
from automation.observe.hostingrequests import SeenRequest, hosting_facts, open_requests, registry
from automation.observe.office import Office, OfficeReader
from automation.store.open import Store

KEY = re.compile(r"PA-(\d{4})-(\d{4,})")
VENDOR_FILE = "pengadaan/penyedia.yaml"
KAK_FILE = "kak/kak.md"
MARKER = re.compile(r"<!-- laik:[a-z]+:[^>]*? -->")
MAX_TARGETS = 12  # open merge requests that show statuses; more only cost calls


@dataclass(frozen=True, slots=True)
class Seen:
    """One case, observed: an accepted case with its sources, or a request still at intake."""

    office: Office
    intake: Intake
    observation: Observation | None
    sources: Sources | None


@dataclass(frozen=True, slots=True)
class _Home:
    """A repository of the case: its project, mirror and default branch head."""

    project: Project
    mirror: Mirror
    head: str

    @property
    def source(self) -> tuple[Mirror, str]:
        return (self.mirror, self.head)


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
        scanner: Scanner,
        today: Callable[[], date],
    ) -> None:
        self._forge = forge
        self._mirrors = mirrors
        self._store = store
        self._office = office
        self._procedures = procedures
        self._scanner = scanner
        self._today = today

    def observe(self, key: str) -> Seen | None:
        """The case as it is now; None when its issue is gone, or has another key."""
        office = self._office.read()
        issue = self._forge.get_issue(office.control.id, issue_number(key))
        if issue is None or case_key(issue) != key:  # PA-1999-0007 would become a second case of issue 7
            return None
        memory = remember(self._store.ledger.entries(key))
        comments = self._forge.list_comments(office.control.id, "issue", issue.iid)
        intake = self._intake(office, key, issue, comments, memory)
        if not memory.is_case:
            return Seen(office, intake, None, None)
        return self._accepted(office, key, issue, comments, memory, intake)

    def _intake(
        self, office: Office, key: str, issue: Issue, comments: Sequence[Comment], memory: Memory
    ) -> Intake:
        place = Place(office.control.id, "issue", issue.iid)
        return Intake(
            key=key,
            place=place,
            title=issue.title,
            body=issue.description,
            author=issue.author.username,
            reading=read_form(issue, office.policy, self._procedures),
            policy=office.policy,
            procedures=self._procedures,
            memory=memory,
            shown=ShownState(
                cards=_cards(key, office.me, {place: comments}),
                answers=_markers(office.me, comments),
                labels=issue.labels,
                issue_open=issue.open,
            ),
        )

    def _accepted(
        self,
        office: Office,
        key: str,
        issue: Issue,
        comments: Sequence[Comment],
        memory: Memory,
        intake: Intake,
    ) -> Seen:
        procedure = self._procedure(memory, key)
        agency = intake.reading.agency
        berkas, aplikasi = self._home(memory, "berkas"), self._home(memory, "aplikasi")
        roles = _roles(procedure, office.policy, agency, _vendors(berkas))
        request = self._hosting_request(office, key)
        request_comments = (
            self._forge.list_comments(office.hosting.id, "merge_request", request.request.iid)
            if request
            else ()
        )
        acts = _acts(office.me, issue, comments, request, request_comments)
        candidate = _candidate(memory, request, aplikasi)
        sources = self._sources(office, key, procedure, intake, berkas, aplikasi, candidate, request)
        approvers = _holders(roles, procedure.hosting.approved_by if procedure.hosting else ())
        facts = (
            hosting_facts(self._forge, office, request, request_comments, acts, memory, approvers)
            if request
            else None
        )
        places: dict[Place, Sequence[Comment]] = {intake.place: comments}
        if request:
            places[Place(office.hosting.id, "merge_request", request.request.iid)] = request_comments
        targets = self._targets(office, aplikasi, candidate, request)
        observation = Observation(
            key=key,
            place=intake.place,
            procedure=procedure,
            acts=acts,
            memory=memory,
            roles=roles,
            hosting=facts,
            targets=targets,
            shown=ShownState(
                cards=_cards(key, office.me, places),
                answers=frozenset().union(*(_markers(office.me, said) for said in places.values())),
                statuses=self._statuses(office.me, targets),
                labels=issue.labels,
                issue_open=issue.open,
            ),
            today=self._today(),
            links=_links(issue, berkas, aplikasi, request),
            title=issue.title,
            agency=agency,
            candidate=candidate,
            code_digest=_code_digest(aplikasi, candidate),
            merged=self._merged(office, memory),
        )
        return Seen(office, intake, observation, sources)

    def _procedure(self, memory: Memory, key: str) -> Procedure:
        """The SOP version the case started with (architecture, decision 8)."""
        procedure = self._procedures.get(memory.procedure)
        if procedure is not None and procedure.version == memory.version:
            return procedure
        raise InvalidProcedure(
            Bilingual(
                f"SOP '{memory.procedure}' versi {memory.version} tidak tersedia.",
                f"SOP '{memory.procedure}' version {memory.version} is not available.",
            ),
            remedy=Bilingual(
                "Pasang kembali versi SOP itu; kasus tetap pada versi saat dimulai.",
                "Install that SOP version again; a case keeps the version it started with.",
            ),
            where=Where(case=key),
        )

    def _home(self, memory: Memory, kind: str) -> _Home | None:
        project_id = memory.projects.get(kind)
        project = self._forge.get_project(project_id) if project_id else None
        if project is None or project.empty:
            return None
        mirror = self._mirrors.fetch(project.id, project.http_url)
        head = mirror.head(project.default_branch)
        return _Home(project, mirror, head) if head else None

    def _hosting_request(self, office: Office, key: str) -> SeenRequest | None:
        """The oldest open hosting merge request that names this case."""
        seen = open_requests(self._forge, office, self._store.ledger)
        return next((one for one in seen if one.case == key), None)

    def _sources(
        self,
        office: Office,
        key: str,
        procedure: Procedure,
        intake: Intake,
        berkas: _Home | None,
        aplikasi: _Home | None,
        candidate: str,
        request: SeenRequest | None,
    ) -> Sources:
        secret_head = office.secret_mirror.head(office.secret.default_branch)
        hosting = self._hosting_evidence(office, key, intake, aplikasi, request) if request else None
        return Sources(
            key=key,
            procedure=procedure,
            reading=intake.reading,
            berkas=berkas.source if berkas else None,
            rahasia=(office.secret_mirror, secret_head) if secret_head else None,
            aplikasi=(aplikasi.mirror, candidate) if aplikasi and candidate else None,
            overlay=self._overlay(berkas, procedure),
            hosting=hosting,
            hosting_digest=digest_of([request.request.head_sha, request.path, request.blob])
            if request
            else "",
            scanner=self._scanner,
        )

    def _hosting_evidence(
        self, office: Office, key: str, intake: Intake, aplikasi: _Home | None, request: SeenRequest
    ) -> HostingEvidence:
        reachable: bool | None = None
        if aplikasi is not None and request.named_sha:
            branch = aplikasi.project.default_branch
            reachable = aplikasi.mirror.has(request.named_sha) and aplikasi.mirror.is_ancestor(
                request.named_sha, branch
            )
        return HostingEvidence(
            changes=request.changes,
            base=registry(office, self._store.ledger),
            head_text=request.text,
            case_key=key,
            case_agency=intake.reading.agency,
            reachable=reachable,
            fork=request.fork,
        )

    def _overlay(self, berkas: _Home | None, procedure: Procedure) -> Mapping[str, str]:
        """A KAK under review is read at its merge request's head, while exactly one changes it."""
        if berkas is None or "kak" not in procedure.documents:
            return {}
        heads = [
            request.head_sha
            for request in self._forge.list_merge_requests(berkas.project.id)
            if berkas.mirror.has(request.head_sha) and _changes_file(berkas, request.head_sha, KAK_FILE)
        ]
        return {"kak": heads[0]} if len(heads) == 1 else {}

    def _targets(
        self, office: Office, aplikasi: _Home | None, candidate: str, request: SeenRequest | None
    ) -> tuple[Target, ...]:
        targets: list[Target] = []
        if aplikasi is not None:
            heads = [one.head_sha for one in self._forge.list_merge_requests(aplikasi.project.id)]
            named = [aplikasi.head, candidate, *heads[:MAX_TARGETS]]
            targets.extend(
                Target(aplikasi.project.id, sha)
                for sha in dict.fromkeys(named)
                if sha and aplikasi.mirror.has(sha)
            )
        if request is not None and not request.fork:
            targets.append(Target(office.hosting.id, request.request.head_sha))
        return tuple(targets)

    def _statuses(
        self, me: User, targets: Sequence[Target]
    ) -> Mapping[tuple[int, str, str], tuple[str, str, bool]]:
        shown: dict[tuple[int, str, str], tuple[str, str, bool]] = {}
        for target in targets:
            for status in self._forge.list_statuses(target.project_id, target.sha):
                ours = status.author.id == me.id
                shown[target.project_id, target.sha, status.context] = (
                    status.state,
                    status.description,
                    ours,
                )
        return shown

    def _merged(self, office: Office, memory: Memory) -> Mapping[int, str]:
        """Merges that laik intended and the forge says laik's own account carried out: iid -> commit.

        The forge's own ``merged_by`` is asked, never a git author field. The blob must stand in the merge
        commit exactly as it was judged.
        """
        merged: dict[int, str] = {}
        for iid, intent in memory.intended.items():
            if memory.admitted is not None and memory.admitted.merge_request == iid:
                continue
            request = self._forge.get_merge_request(office.hosting.id, iid)
            if request is None or request.state != "merged" or not request.merge_sha:
                continue
            by_us = request.merged_by is not None and request.merged_by.id == office.me.id
            blobs = {fact.path: fact.blob for fact in office.hosting_mirror.tree(request.merge_sha)}
            if by_us and blobs.get(intent.get("path", "")) == intent.get("blob"):
                merged[iid] = request.merge_sha
        return merged


def issue_number(key: str) -> int:
    """``PA-2026-0042`` -> 42.

    Raises:
        LaikError: the key is no case key.
    """
    match = KEY.fullmatch(key)
    if match is None:
        raise LaikError(
            Bilingual(f"'{key}' bukan kunci kasus.", f"'{key}' is no case key."),
            remedy=Bilingual("Tulis seperti PA-2026-0042.", "Write it like PA-2026-0042."),
        )
    return int(match[2])


def case_key(issue: Issue) -> str:
    """The key of the case an issue is: the year it was filed and its number."""
    return f"PA-{issue.created_at.year:04d}-{issue.iid:04d}"


def read_form(issue: Issue, policy: Policy, procedures: Mapping[str, Procedure]) -> RequestReading:
    """The request form as filed in the issue."""
    return parse_request(
        issue.title,
        issue.description,
        agencies={key: agency.nama for key, agency in policy.perangkat_daerah.items()},
        procedures=tuple(sop for sop in policy.sop if sop in procedures),
        templates=policy.templat,
    )


def _acts(
    me: User,
    issue: Issue,
    comments: Sequence[Comment],
    request: SeenRequest | None,
    request_comments: Sequence[Comment],
) -> tuple[Act, ...]:
    said = [_said(me, comment, "issue", issue.iid) for comment in comments]
    if request is not None:
        said += [_said(me, one, "merge_request", request.request.iid) for one in request_comments]
    return acts_of(said)


def _said(me: User, comment: Comment, kind: PlaceKind, iid: int) -> Said:
    return Said(
        id=comment.id,
        account=comment.author.username,
        account_id=comment.author.id,
        bot=comment.author.bot or comment.author.id == me.id or comment.system,
        body=comment.body,
        created_at=comment.created_at,
        edited=comment.edited,
        source=kind,
        place=f"{kind.replace('_', ' ')} {iid}",
    )


def _cards(key: str, me: User, places: Mapping[Place, Sequence[Comment]]) -> Mapping[Place, tuple[int, str]]:
    """Laik's own card at each place; a marker in anybody else's comment is only text."""
    found: dict[Place, tuple[int, str]] = {}
    for place, comments in places.items():
        for comment in comments:
            if comment.author.id == me.id and comment.body.startswith(card_marker(key)):
                found.setdefault(place, (comment.id, comment.body))
    return found


def _markers(me: User, comments: Sequence[Comment]) -> frozenset[str]:
    """Markers of answers given: the first words of laik's own comments, never text further down."""
    found: set[str] = set()
    for comment in comments:
        match = MARKER.match(comment.body)
        if comment.author.id == me.id and match and match[0].startswith(answer_prefix()):
            found.add(match[0])
    return frozenset(found)


def _vendors(berkas: _Home | None) -> tuple[str, ...]:
    """The vendor's accounts as the case file names them; the builder can never write there."""
    if berkas is None:
        return ()
    try:
        text = berkas.mirror.read(berkas.head, VENDOR_FILE)
        data = load_mapping(text, path=VENDOR_FILE).data if text else {}
    except LaikError:  # the check vendor_is_named tells what is wrong with it
        return ()
    accounts = data.get("akun")
    return tuple(one for one in accounts if isinstance(one, str)) if isinstance(accounts, list) else ()


def _roles(
    procedure: Procedure, policy: Policy, agency: str, vendors: tuple[str, ...]
) -> Mapping[str, frozenset[str]]:
    return {role.id: policy.holders(role.id, agency, vendors) for role in procedure.roles}


def _holders(roles: Mapping[str, frozenset[str]], wanted: tuple[str, ...]) -> frozenset[str]:
    return frozenset(account for role in wanted for account in roles.get(role, frozenset()))


def _candidate(memory: Memory, request: SeenRequest | None, aplikasi: _Home | None) -> str:
    """The commit that is judged: the one named for hosting, else the one served, else the newest."""
    if request is not None and request.named_sha:
        return request.named_sha
    if memory.admitted is not None:
        return memory.admitted.sha
    return aplikasi.head if aplikasi else ""


def _code_digest(aplikasi: _Home | None, candidate: str) -> str:
    if aplikasi is None or not candidate or not aplikasi.mirror.has(candidate):
        return ""
    return code_snapshot(aplikasi.mirror, candidate).code_digest


def _changes_file(home: _Home, head: str, path: str) -> bool:
    base = home.mirror.merge_base(home.head, head)
    return base is not None and any(one.path == path for one in home.mirror.changes(base, head))


def _links(issue: Issue, berkas: _Home | None, aplikasi: _Home | None, request: SeenRequest | None) -> Links:
    return Links(
        issue=issue.web_url,
        berkas=berkas.project.web_url if berkas else "",
        aplikasi=aplikasi.project.web_url if aplikasi else "",
        hosting=request.request.web_url if request else "",
    )
