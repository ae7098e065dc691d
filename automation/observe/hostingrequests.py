"""Hosting merge requests: which case each belongs to, and who may not approve it.

A merge request belongs to the case that its request file names, or, where it removes a file, to the case
that holds the name. Whether it *may* is judged later; this only says whose desk it lands on.

One that targets another branch is on nobody's desk. Targeted back with the same head and file, its approval
counts again: nothing that was approved changed, and only what landed on the watched branch is admitted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from automation.collect.mirror import Mirror
from automation.core.act import Act
from automation.core.committers import stands_behind
from automation.core.errors import LaikError
from automation.core.gate import HostingFacts
from automation.core.heldnames import AdmittedRow
from automation.core.hosting import AdmittedEntry, FileChange, Registry, read_admitted
from automation.core.memory import Memory
from automation.core.nameterm import term_of
from automation.core.plan import Place
from automation.core.text import Bilingual
from automation.core.yamltext import load_mapping
from automation.forges.base import Comment, Forge, MergeRequest, User
from automation.observe.office import Office
from automation.observe.people import Comments
from automation.store.ledger import Ledger

HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class SeenRequest:
    """One open hosting merge request as its commits are.

    ``case`` is the key its file names, empty when that cannot be told; ``named_sha``, ``term`` (the day in
    ``berlaku_sampai``, ISO) and ``parent`` (the domain in ``induk``) likewise.
    ``problem`` says why it cannot be judged at all; it is on nobody's desk then.
    """

    request: MergeRequest
    changes: tuple[FileChange, ...]
    path: str
    blob: str
    text: bytes | None
    case: str
    named_sha: str
    fork: bool
    problem: Bilingual | None = None
    term: str = ""
    parent: str = ""

    @property
    def removes(self) -> bool:
        """Whether its one change takes the request file away."""
        return len(self.changes) == 1 and self.changes[0].kind == "deleted"


def open_requests(forge: Forge, office: Office, ledger: Ledger) -> tuple[SeenRequest, ...]:
    """All open merge requests of the hosting project, oldest first."""
    holders = _holders(ledger)
    return tuple(_seen(office, request, holders) for request in forge.list_merge_requests(office.hosting.id))


def _holders(ledger: Ledger) -> dict[str, str]:
    """Whose each name is: also one that was revoked stays its case's own."""
    revoked = {row.path: row.case for row in ledger.released() if row.held}
    return revoked | {row.path: row.case for row in ledger.admitted()}


def _seen(office: Office, request: MergeRequest, holders: Mapping[str, str]) -> SeenRequest:
    fork = request.source_project_id != office.hosting.id
    problem = _unjudgeable(office, request, fork=fork)
    if problem is not None:
        return _unseen(request, problem, fork=fork)
    try:
        return _read(office, request, holders)
    except LaikError as refusal:  # a tree that unfolds without end: refused by name, the others go on
        return _unseen(request, refusal.message, fork=fork)


def _unseen(request: MergeRequest, problem: Bilingual, *, fork: bool) -> SeenRequest:
    return SeenRequest(request, (), "", "", None, "", "", fork, problem)


def _read(office: Office, request: MergeRequest, holders: Mapping[str, str]) -> SeenRequest:
    mirror = office.hosting_mirror
    changes = _changes(mirror, office.hosting.default_branch, request.head_sha)
    path = changes[0].path if len(changes) == 1 else ""
    text = _text(mirror, request.head_sha, path)
    named = _named(text, path)
    return SeenRequest(
        request=request,
        changes=changes,
        path=path,
        blob=_blob(mirror, request.head_sha, path),
        text=text,
        case=named.case or holders.get(path, ""),
        named_sha=named.sha,
        fork=False,
        term=named.term,
        parent=named.parent,
    )


def _unjudgeable(office: Office, request: MergeRequest, *, fork: bool) -> Bilingual | None:
    branch = office.hosting.default_branch
    if fork:
        return Bilingual(
            "Permintaan dari fork tidak diterima; dorong cabangnya ke proyek hosting ini.",
            "A request from a fork is not taken; push its branch to this hosting project.",
        )
    if request.target_branch != branch:
        # Merged elsewhere, it would be admitted without ever standing on the branch that is watched.
        return Bilingual(
            f"Permintaan harus menuju cabang '{branch}'.", f"The request must target the branch '{branch}'."
        )
    if request.draft:  # the forge refuses to merge a draft, after laik has said that it will
        return Bilingual(
            "Permintaan masih berupa draf; tandai siap bila sudah boleh dinilai.",
            "The request is a draft; mark it as ready when it may be judged.",
        )
    mirror = office.hosting_mirror
    if not mirror.has(request.head_sha) and not mirror.fetch_commit(request.head_sha):
        return Bilingual(
            "Commit permintaan ini belum terbaca; laik mencoba lagi.",
            "This request's commit cannot be read yet; laik tries again.",
        )
    if not mirror.is_on_a_branch(request.head_sha):
        return Bilingual(
            "Cabang sumber permintaan ini sudah dihapus; dorong lagi cabangnya, atau tutup permintaannya.",
            "This request's source branch is gone; push the branch again, or close the request.",
        )
    return None


def _changes(mirror: Mirror, branch: str, head: str) -> tuple[FileChange, ...]:
    base = mirror.head(branch)
    fork_point = mirror.merge_base(base, head) if base else None
    if fork_point is None:
        return ()
    return tuple(FileChange(one.path, one.kind, one.old_path) for one in mirror.changes(fork_point, head))


def _text(mirror: Mirror, head: str, path: str) -> bytes | None:
    try:
        return mirror.read(head, path) if path else None
    except LaikError:  # too large to read: judged as unreadable, with its own message
        return b"\x00"


def _blob(mirror: Mirror, head: str, path: str) -> str:
    return next((fact.blob for fact in mirror.tree(head) if fact.path == path), "")


class _Named(NamedTuple):
    """What a request file names, each empty when it cannot be read."""

    case: str = ""
    sha: str = ""
    term: str = ""
    parent: str = ""


def _named(text: bytes | None, path: str) -> _Named:
    """The case, commit, term and parent domain a file names, as far as it can be read at all."""
    if text is None:
        return _Named()
    try:
        data = load_mapping(text, path=path).data
    except LaikError:
        return _Named()
    words = (value if isinstance(value := data.get(key), str) else "" for key in ("kasus", "sha", "induk"))
    case, sha, parent = words
    full = len(sha) == 40 and set(sha) <= HEX
    return _Named(case, sha if full else "", str(data.get("berlaku_sampai", ""))[:40], parent)


def registry(office: Office, ledger: Ledger) -> Registry:
    """The admitted requests with their content, from the ledger and the blobs it names.

    A row whose content cannot be read today (a blob that is gone, a rule that changed since) still holds its
    name for its case: otherwise breaking an entry would set its name free for somebody else. So does a name
    that laik merged and has not admitted yet, or a request opened in between would take it over.
    """
    rows = ledger.admitted()
    waiting = {
        row.path: row.case for row in ledger.intended() if _stands_on_branch(office, row.path, row.blob)
    }
    read = {row.path: entry for row in rows if (entry := _entry(office, row)) is not None}
    revoked = {row.path: row.case for row in ledger.released() if row.held}
    unread = revoked | waiting | {row.path: row.case for row in rows if row.path not in read}
    return Registry.of(read.values(), unread=unread)


def _stands_on_branch(office: Office, path: str, blob: str) -> bool:
    mirror = office.hosting_mirror
    tip = mirror.head(office.hosting.default_branch)
    try:
        return tip is not None and _blob(mirror, tip, path) == blob
    except LaikError:  # a branch too large to read sets no name free
        return True


def _entry(office: Office, row: AdmittedRow) -> AdmittedEntry | None:
    text = office.hosting_mirror.read_blob(row.blob)
    if text is None:
        return None
    try:
        request = read_admitted(text, row.path, policy=office.policy)
    except LaikError:  # apply reports the file by name
        return None
    return AdmittedEntry(row.path, row.blob, row.case, row.decision, request)


def hosting_facts(
    forge: Forge,
    office: Office,
    seen: SeenRequest,
    comments: Comments,
    acts: Iterable[Act],
    memory: Memory,
    approvers: frozenset[str],
    today: date,
) -> HostingFacts:
    """What the gate needs to know of one merge request."""
    request, days = seen.request, office.policy.hosting.masa_berlaku_hari
    until = "" if seen.removes else term_of(seen.term, today, days)
    said = comments.get(Place(office.hosting.id, "merge_request", request.iid), ())
    holders = {one.author.id: one.author for one in said if one.author.username.casefold() in approvers}
    return HostingFacts(
        project_id=office.hosting.id,
        iid=request.iid,
        head_sha=request.head_sha,
        path=seen.path,
        blob=seen.blob,
        sha=seen.named_sha,
        barred=_barred(forge, office, request, said, holders.values()),
        holders=frozenset(holders),
        gone=_gone(acts, memory, f"hosting!{request.iid}"),
        removes=seen.removes,
        until=until,
        expired=bool(until) and until < today.isoformat(),
        parent=seen.parent,
    )


def _barred(
    forge: Forge, office: Office, request: MergeRequest, said: Iterable[Comment], approvers: Iterable[User]
) -> frozenset[int]:
    """Who may not approve: the author, everyone who pushed, whom a commit points to, laik itself.

    Who pushed is asked only once somebody else than author and laik spoke: of nobody else could an approval
    come, and an approval whose comment is gone counts no more.
    """
    if all(one.author.id in {request.author.id, office.me.id} for one in said):
        return frozenset({request.author.id, office.me.id})
    pushers = {push.user.id for push in forge.pushes(office.hosting.id, request.source_branch)}
    addresses = _addresses(office, request)
    committers = {one.id for one in approvers if stands_behind(one.id, one.username, one.email, addresses)}
    return frozenset({request.author.id, office.me.id, *pushers, *committers})


def _addresses(office: Office, request: MergeRequest) -> tuple[str, ...]:
    """Author and committer addresses of the request's own commits."""
    mirror = office.hosting_mirror
    base = mirror.head(office.hosting.default_branch)
    fork_point = mirror.merge_base(base, request.head_sha) if base else None
    return mirror.committers(fork_point, request.head_sha) if fork_point else ()


def _gone(acts: Iterable[Act], memory: Memory, step: str) -> frozenset[str]:
    """Ruled acts whose comment is not there any more, or does not read as it did."""
    standing = {act.id: act.body_digest for act in acts if not act.edited}
    return frozenset(
        ruled.act for ruled in memory.acts if ruled.step == step and standing.get(ruled.act) != ruled.body
    )


def merged_as_intended(
    forge: Forge, office: Office, key: str, memory: Memory, ledger: Ledger
) -> Mapping[int, str]:
    """Merges that laik intended and the forge says laik's own account carried out: iid -> commit.

    The forge's own ``merged_by`` is asked, never a git author field. The blob must stand in the merge commit
    exactly as it was judged, and the commit on the branch that is watched: the head is pinned when merging,
    but the target can be changed a moment before. A name that another case holds by now stays theirs.
    """
    holders = _holders(ledger)
    merged: dict[int, str] = {}
    for iid, intent in memory.intended.items():
        if iid in memory.admissions:
            continue
        request = forge.get_merge_request(office.hosting.id, iid)
        if request is None or request.state != "merged" or not request.merge_sha:
            continue
        by_us = request.merged_by is not None and request.merged_by.id == office.me.id
        held = holders.get(intent["path"], key) != key
        if by_us and not held and _landed(office, request, intent):
            merged[iid] = request.merge_sha
    return merged


def _landed(office: Office, request: MergeRequest, intent: Mapping[str, str]) -> bool:
    """Merged into the branch that is watched, with the file just as judged."""
    mirror, branch, merge_sha = office.hosting_mirror, office.hosting.default_branch, request.merge_sha or ""
    there = request.target_branch == branch or mirror.is_ancestor(merge_sha, branch)
    return there and _blob(mirror, merge_sha, intent["path"]) == intent["blob"]
