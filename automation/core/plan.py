"""A plan: the difference between what the forge shows and what it should show, as data.

Showing a plan, judging it and carrying it out are three things; ``automation.apply`` carries out a plan and
nothing else. An empty plan means that nothing has to be written. Ledger entries come first, so that what
laik tells people is never ahead of what it remembers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from automation.core.policy import digest_of

PlaceKind = Literal["issue", "merge_request"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a comment stands."""

    project_id: int
    kind: PlaceKind
    iid: int


@dataclass(frozen=True, slots=True)
class Remember:
    """Append one ledger entry."""

    kind: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class WriteCard:
    """Make the one card at a place say ``body``; ``comment_id`` is the card that is there, if any."""

    place: Place
    body: str
    comment_id: int | None


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer one act, once; ``marker`` tells that the answer is already there."""

    place: Place
    marker: str
    body: str


@dataclass(frozen=True, slots=True)
class Remind:
    """Remind people of a turn, once; ``entry`` is remembered with it, ``marker`` tells that it was said."""

    place: Place
    marker: str
    body: str
    entry: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said of one line (1-based) of a file of the commit; plain text that passed the output port."""

    path: str
    line: int
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class PostStatus:
    """Show one gate on one commit.

    ``summary`` (Markdown that passed the output port) and ``remarks`` are shown where the forge has check
    runs, and are nothing elsewhere.
    """

    project_id: int
    sha: str
    context: str
    state: Literal["pending", "success", "failed"]
    description: str
    target_url: str
    summary: str = ""
    remarks: tuple[Remark, ...] = ()

    @property
    def details_digest(self) -> str:
        """A short word for summary and remarks, empty without any: a forge keeps it beside a check run.

        What it shows cannot be listed in full, so by this it is seen whether the details changed.
        """
        if not self.summary and not self.remarks:
            return ""
        remarks = [[one.path, one.line, one.text, one.title] for one in self.remarks]
        return digest_of([self.summary, remarks])[:16]


@dataclass(frozen=True, slots=True)
class Relabel:
    """Add and remove labels of an issue."""

    place: Place
    add: tuple[str, ...]
    remove: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceOnBoard:
    """Show the case on the board: in that lane, due on that day; None for neither.

    What a board shows is not observed: looking at it would cost a call for each case at rest. The case's
    card, which is written after it, ends with what the board was told.
    """

    place: Place
    lane: str | None
    due: date | None

    @property
    def marker(self) -> str:
        """The hidden end of a card that is written once the board was told."""
        return f"<!-- papan:{self.lane or '-'}:{self.due or '-'} -->"


@dataclass(frozen=True, slots=True)
class LabelWish:
    """A label a repository should have."""

    name: str
    color: str
    description: str


@dataclass(frozen=True, slots=True)
class MilestoneWish:
    """A milestone a repository should have."""

    title: str
    due: date | None
    description: str


@dataclass(frozen=True, slots=True)
class RepositoryWish:
    """A repository as it should be: every part of it is looked for before it is made.

    Attributes:
        kind: ``berkas`` or ``aplikasi``.
        group: full path of the group it lives in; made by whoever sets laik up.
        slug: its last path segment.
        name: for people.
        key: the case; kept in the description, so that a half-made repository is found and finished.
        template: id of the template of its first commit.
        answers: values of the template's variables.
        members: (account, access number).
        protect: (branch, push access, merge access).
        hook: whether laik should be told of events.
    """

    kind: Literal["berkas", "aplikasi"]
    group: str
    slug: str
    name: str
    key: str
    template: str
    answers: Mapping[str, object]
    labels: tuple[LabelWish, ...] = ()
    milestones: tuple[MilestoneWish, ...] = ()
    board: tuple[str, ...] = ()
    members: tuple[tuple[str, int], ...] = ()
    protect: tuple[tuple[str, int, int], ...] = ()
    hook: bool = True

    @property
    def path(self) -> str:
        """Its full path."""
        return f"{self.group}/{self.slug}"


@dataclass(frozen=True, slots=True)
class Provision:
    """Make or finish a repository, then remember it under ``digest``.

    ``calendar`` is the digest of the working calendar that gave its milestones their days, empty without any.
    """

    wish: RepositoryWish
    digest: str
    project_id: int | None = None
    calendar: str = ""

    def entry(self, project: int) -> Mapping[str, object]:
        """The body of the ``provisioned`` entry, once the repository stands as ``project``."""
        held = {"kind": self.wish.kind, "project": project, "wish": self.digest}
        return {**held, "calendar": self.calendar} if self.calendar else held


@dataclass(frozen=True, slots=True)
class MergeHosting:
    """Merge a hosting merge request, pinned to ``head_sha``; ``intent`` is remembered before."""

    project_id: int
    iid: int
    head_sha: str
    message: str
    intent: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServeHosting:
    """Let the apply process serve the admitted set, and read ``name`` back.

    ``gone``: the name was removed or revoked, and is read back as no longer there.
    """

    decision: str
    name: str
    sha: str
    gone: bool = False


@dataclass(frozen=True, slots=True)
class RevokeOrphan:
    """Take down the name at ``path`` of another ``case``, whose issue was deleted.

    ``body`` is the ``revoked`` entry of that case; written once, whatever the name's serving comes to. Empty
    where it is written already and the name was not seen gone yet.
    """

    case: str
    path: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ProposeFile:
    """Open a merge request in laik's own organisation that writes one file; people merge it.

    ``branch`` is new with each content, and with each time people ask for it again; ``stem`` is what the
    branches of this content start with: while one of them waits in an open request there is no second.
    ``known`` is remembered under ``inventory`` once it stands.
    """

    project_id: int
    branch: str
    path: str
    text: str
    title: str
    known: Mapping[str, object]
    stem: str = ""


@dataclass(frozen=True, slots=True)
class CloseIssue:
    """Close the case's issue."""

    place: Place


@dataclass(frozen=True, slots=True)
class ReopenIssue:
    """Open the case's issue again, which laik itself closed."""

    place: Place


Change = (
    Remember
    | Provision
    | Relabel
    | PlaceOnBoard
    | WriteCard
    | PostStatus
    | Answer
    | Remind
    | MergeHosting
    | ServeHosting
    | RevokeOrphan
    | CloseIssue
    | ReopenIssue
    | ProposeFile
)
Plan = tuple[Change, ...]

ORDER: tuple[type[Change], ...] = (
    Remember,
    Provision,
    Relabel,
    PlaceOnBoard,  # before the card: while that differs, a placing that was cut off is planned again
    WriteCard,
    PostStatus,
    ReopenIssue,  # before its answer: while that is missing, a reopening that was cut off is planned again
    Answer,
    Remind,
    MergeHosting,
    ServeHosting,
    RevokeOrphan,
    CloseIssue,
    ProposeFile,
)


def ordered(changes: list[Change]) -> Plan:
    """Changes in the order they are carried out: memory first, the point of no return last."""
    return tuple(sorted(changes, key=lambda change: ORDER.index(type(change))))


def describe(change: Change) -> str:
    """One line for people and logs; holds no text from requests."""
    match change:
        case Remember():
            return f"catat {change.kind}"
        case Provision():
            return f"siapkan repositori {change.wish.kind} {change.wish.path}"
        case WriteCard():
            return f"tulis kartu pada {change.place.kind} {change.place.iid}"
        case Answer() | Remind():
            verb = "jawab" if isinstance(change, Answer) else "ingatkan"
            return f"{verb} pada {change.place.kind} {change.place.iid}"
        case PostStatus():
            return f"status {change.context}={change.state} pada {change.sha[:12]}"
        case Relabel():
            return f"label +{','.join(change.add)} -{','.join(change.remove)}"
        case PlaceOnBoard():
            return f"papan: {change.lane or 'tanpa lajur'}, tenggat {change.due or 'tidak ada'}"
        case MergeHosting():
            return f"gabungkan permintaan hosting !{change.iid} pada {change.head_sha[:12]}"
        case ServeHosting() | RevokeOrphan():
            return _serving_words(change)
        case ProposeFile():
            return f"ajukan {change.path}"
        case CloseIssue() | ReopenIssue():
            return f"{'tutup' if isinstance(change, CloseIssue) else 'buka kembali'} issue {change.place.iid}"


def _serving_words(change: ServeHosting | RevokeOrphan) -> str:
    if isinstance(change, RevokeOrphan):
        return f"cabut {change.path} dari kasus {change.case}"
    return f"{'turunkan' if change.gone else 'sajikan'} {change.name}"
