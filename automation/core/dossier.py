"""The dossier of a case: one archive with every document, decision, finding and time, and an index of it all.

| Member | Holds |
|--|--|
| ``indeks.html`` | the index for people |
| ``indeks.json`` | the index: everything below with its digest, findings, clock, comments |
| ``segel.json`` | the seal: a signed statement about ``indeks.json``, or its bare digest |
| ``kunci.json`` | the key ring as whoever built it had it; trusted by nobody for being here |
| ``catatan/<seq>.json`` | each ledger entry as it is kept |
| ``tanda/<serial>.json`` | each signature's envelope |
| ``dokumen/<home>/<number>-<name>`` | each document's bytes |

A document's own name is hostile text: members are numbered, and bear only what is plain of it. The true path
stands in the index.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from automation.core.archive import Member, encode
from automation.core.attest import DOSSIER_TYPE, Envelope, statement, subject
from automation.core.canonical import JSON, canonical
from automation.core.chain import Link
from automation.core.comments import SeenAct
from automation.core.docdigest import folder_digest, letter_digest, sidecar_path
from automation.core.dossier_page import page
from automation.core.verified import SignatureRow

FORMAT, SEAL_FORMAT = "laik/berkas/1", "laik/segel/1"
INDEX, PAGE, SEAL, RING = "indeks.json", "indeks.html", "segel.json", "kunci.json"
ENTRIES, SIGNATURES, DOCUMENTS = "catatan", "tanda", "dokumen"

Seal = Callable[[bytes], Envelope]
"""Signs a statement."""


@dataclass(frozen=True, slots=True)
class FiledDocument:
    """One file of the case, as it lies at the commit of its home.

    ``content`` is None where it is left out: only its name, digest and blob id are told.
    """

    home: str
    path: str
    blob: str
    sha256: str
    size: int
    content: bytes | None


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document that the SOP names: ``path`` is the whole path in its home, ``kind`` how it is read."""

    id: str
    name: str
    kind: str
    home: str
    path: str


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step as judged now, and its clock: ISO times and dates, empty where there is none.

    ``due`` is empty where the SOP states no duration; ``late`` says whether it was closed (or, still open, is
    now) after that day.
    """

    key: str
    number: int
    state: str
    opened: str
    due: str
    closed: str
    late: bool
    findings: tuple[Mapping[str, JSON], ...]


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything that goes into a dossier. ``commits`` are by home; ``ring`` is the key ring's file."""

    case: str
    procedure: str
    version: str
    title: str
    built_at: str
    commits: Mapping[str, str]
    links: Sequence[Link]
    signatures: Sequence[SignatureRow]
    ring: str
    files: Sequence[FiledDocument]
    documents: Sequence[NamedDocument]
    steps: Sequence[StepRecord]
    acts: Sequence[SeenAct]
    comments_read: bool = True
    problems: Sequence[str] = field(default=())


def assemble(case: CaseFile, seal: Seal | None = None) -> bytes:
    """The archive of a case.

    Args:
        case: what goes into it.
        seal: signs the index; it stays unsealed without.

    Raises:
        ValueError: too many or too large documents for one archive.
    """
    placed = list(zip(_member_names(case.files), case.files, strict=True))
    plain = [
        *_ring(case),
        *(Member(f"{ENTRIES}/{link.seq:06d}.json", entry_text(link)) for link in case.links),
        *(Member(f"{SIGNATURES}/{row.serial:09d}.json", row.envelope.encode()) for row in case.signatures),
        *(Member(name, file.content) for name, file in placed if file.content is not None),
    ]
    facts = _facts(case, [(name if file.content is not None else "", file) for name, file in placed])
    shown = Member(PAGE, page(facts).encode())
    listed: list[JSON] = [
        {"name": one.name, "sha256": sha256(one.content), "size": len(one.content)} for one in [shown, *plain]
    ]
    index = Member(INDEX, (canonical({**facts, "members": listed}) + "\n").encode())
    sealed = Member(SEAL, seal_text(index.content, case.case, seal).encode())
    return encode([shown, index, sealed, *plain])


def entry_text(link: Link) -> bytes:
    """A ledger entry as its member."""
    value: JSON = {
        "case": link.case,
        "seq": link.seq,
        "kind": link.kind,
        "body": link.body,
        "at": link.at,
        "previous": link.previous,
        "digest": link.digest,
    }
    return (canonical(value) + "\n").encode()


def read_entry(content: bytes) -> Link | None:
    """An entry back from its member; None where it is not one in its one spelling."""
    try:
        value = json.loads(content)
        link = Link(**value) if isinstance(value, dict) else None
    except (ValueError, TypeError, RecursionError):
        return None
    typed = (
        link is not None
        and isinstance(link.seq, int)
        and all(
            isinstance(one, str)
            for one in (link.case, link.kind, link.body, link.at, link.previous, link.digest)
        )
    )
    return link if link is not None and typed and entry_text(link) == content else None


def seal_text(index: bytes, case: str, seal: Seal | None) -> str:
    """The seal of an index: an envelope, or without a key the bare digest that only finds accidents."""
    if seal is None:
        return canonical({"format": SEAL_FORMAT, "sha256": sha256(index)})
    return seal(seal_statement(index, case)).text()


def seal_statement(index: bytes, case: str) -> bytes:
    """What a seal signs."""
    return statement(DOSSIER_TYPE, [subject(INDEX, "sha256", sha256(index))], {"case": case})


def document_digest(document: NamedDocument, files: Iterable[tuple[str, str, str]]) -> str:
    """The digest that a step's judging has of a document, from (path, SHA-256, blob id) of its home's files.

    Empty where the document is not there.
    """
    known = {path: (digest, blob) for path, digest, blob in files}
    if document.kind == "folder":
        inside = [
            (path.removeprefix(document.path), blob)
            for path, (_, blob) in known.items()
            if path.startswith(document.path)
        ]
        return folder_digest(inside) if inside else ""
    digest, _ = known.get(document.path, ("", ""))
    if not digest or document.kind != "letter":
        return digest
    beside, _ = known.get(sidecar_path(document.path), ("", ""))
    return letter_digest(digest, beside or None)


def bindings(document: str, digest: str, links: Iterable[Link]) -> list[dict[str, JSON]]:
    """Where the ledger speaks of a document: each closed step, its entry, and whether it was this content."""
    found: dict[str, dict[str, JSON]] = {}
    for link in links:
        if link.kind != "closed":
            continue
        body = link.content
        subjects = body.get("subjects")
        if isinstance(subjects, dict) and document in subjects:
            step = str(body.get("step", ""))
            found[step] = {"step": step, "seq": link.seq, "same": subjects[document] == digest}
    return list(found.values())


def closings(links: Iterable[Link]) -> dict[str, str]:
    """When each step was last closed, as the entries tell it."""
    return {str(link.content.get("step", "")): link.at for link in links if link.kind == "closed"}


def sha256(content: bytes) -> str:
    """Hex SHA-256."""
    return hashlib.sha256(content).hexdigest()


def _facts(case: CaseFile, placed: Sequence[tuple[str, FiledDocument]]) -> dict[str, JSON]:
    """The index without its list of members."""
    return {
        "format": FORMAT,
        "case": case.case,
        "procedure": {"id": case.procedure, "version": case.version, "title": case.title},
        "built_at": case.built_at,
        "commits": dict(case.commits),
        "entries": len(case.links),
        "signatures": len(case.signatures),
        "files": [
            {
                "member": name,
                "home": file.home,
                "path": file.path,
                "sha256": file.sha256,
                "blob": file.blob,
                "size": file.size,
            }
            for name, file in placed
        ],
        "documents": [_document(one, case) for one in case.documents],
        "steps": [
            {
                "key": one.key,
                "number": one.number,
                "state": one.state,
                "opened": one.opened,
                "due": one.due,
                "closed": one.closed,
                "late": one.late,
                "findings": list(one.findings),
            }
            for one in case.steps
        ],
        "comments_read": case.comments_read,
        "acts": [_act(one) for one in case.acts],
        "problems": list(case.problems),
    }


def _act(seen: SeenAct) -> dict[str, JSON]:
    """An act in the index; ``capacity`` is there for acting officials alone."""
    told: dict[str, JSON] = {
        "seq": seen.act.seq,
        "act": seen.act.act,
        "step": seen.act.step,
        "ruling": seen.act.ruling,
        "account": seen.act.account,
        "comment": seen.act.body,
        "comment_now": seen.state,
    }
    return {**told, "capacity": seen.act.capacity} if seen.act.capacity else told


def _document(document: NamedDocument, case: CaseFile) -> dict[str, JSON]:
    files = ((one.path, one.sha256, one.blob) for one in case.files if one.home == document.home)
    digest = document_digest(document, files)
    bound: list[JSON] = [*bindings(document.id, digest, case.links)]
    return {
        "id": document.id,
        "name": document.name,
        "kind": document.kind,
        "home": document.home,
        "path": document.path,
        "digest": digest,
        "bound": bound,
    }


def _ring(case: CaseFile) -> list[Member]:
    return [Member(RING, case.ring.encode())] if case.ring else []


def _member_names(files: Sequence[FiledDocument]) -> list[str]:
    return [
        f"{DOCUMENTS}/{file.home}/{number:05d}-{_plain(file.path)}"
        for number, file in enumerate(files, start=1)
    ]


def _plain(path: str) -> str:
    """What is plain of a file's name: for people, who find the true path in the index."""
    name = re.sub(r"[^a-z0-9._-]+", "-", path.rpartition("/")[2].casefold())
    return name[-60:].lstrip(".-") or "tanpa-nama"
