"""Gathers a case's dossier: its documents at the judged commit, decisions, findings, clock, comments.

Nothing is written on the forge, and nothing of it hangs on one SOP: documents, steps and durations are the
case's own procedure's.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from automation.collect.mirror import Mirror
from automation.core.case import StepState
from automation.core.chain import Link
from automation.core.clockreport import step_times
from automation.core.comments import CommentsNow, seen_acts
from automation.core.documents import FileFact
from automation.core.dossier import CaseFile, FiledDocument, NamedDocument, StepRecord, closings, sha256
from automation.core.errors import LaikError
from automation.core.finding import Finding
from automation.core.procedure import Step
from automation.core.reconcile import Decision
from automation.forges.base import Forge
from automation.observe.case import Seen
from automation.observe.comments import read_comments
from automation.observe.evidence import Sources
from automation.reconciler import Reconciler
from automation.store.open import Store

BUILDERS_DOCUMENTS = "dokumen/"
PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Wishes:
    """How a dossier is wanted: with or without confidential contents, and beside which key ring."""

    with_secret: bool
    ring: str
    now: datetime


@dataclass(slots=True)
class _Found:
    """Files gathered so far, and what could not be read."""

    files: list[FiledDocument] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def gather(key: str, reconciler: Reconciler, forge: Forge, store: Store, wishes: Wishes) -> CaseFile | None:
    """Everything of a case; None when it is no case.

    Raises:
        LaikError: the forge cannot be read, or the case's SOP is not there.
    """
    judged = reconciler.judged(key)
    if judged is None or judged[0].sources is None:
        return None
    seen, decision = judged
    sources, procedure = judged[0].sources, decision.procedure
    found = _Found()
    _gather_files(found, sources, wishes)
    comments, read = _comments(found, forge, seen, decision)
    links = store.ledger.links(key)
    return CaseFile(
        case=key,
        procedure=procedure.id,
        version=procedure.version,
        title=procedure.title.id,
        built_at=wishes.now.isoformat(timespec="seconds"),
        commits=_commits(sources),
        links=links,
        signatures=store.signatures.rows(key),
        ring=wishes.ring,
        files=tuple(sorted(found.files, key=lambda one: (one.home, one.path))),
        documents=tuple(_named(sources)),
        steps=tuple(_steps(decision, links, wishes.now)),
        acts=seen_acts(seen.intake.memory.acts, comments),
        comments_read=read,
        problems=tuple(found.problems),
    )


def write_private(path: Path, content: bytes) -> None:
    """Write a dossier whole or not at all, readable to its owner alone: letters are in it."""
    new = path.with_name(f"{path.name}.baru")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    new.replace(path)


def _gather_files(found: _Found, sources: Sources, wishes: Wishes) -> None:
    overlaid = _overlaid(sources)
    wanted = [one.path for one in sources.procedure.documents.values() if one.home == "aplikasi"]
    if sources.berkas is not None:
        mirror, commit = sources.berkas
        _take(found, "berkas", mirror, commit, lambda path: path not in overlaid)
        for one, other in overlaid.items():
            _take(found, "berkas", mirror, other, one.__eq__)
    if sources.aplikasi is not None:
        mirror, commit = sources.aplikasi
        _take(found, "aplikasi", mirror, commit, lambda path: path.startswith((BUILDERS_DOCUMENTS, *wanted)))
    if sources.rahasia is not None:
        mirror, commit = sources.rahasia
        mine = f"{sources.key.lower()}/"
        _take(found, "rahasia", mirror, commit, lambda path: path.startswith(mine), told=wishes.with_secret)


def _take(
    found: _Found,
    home: str,
    mirror: Mirror,
    commit: str,
    wanted: Callable[[str], bool],
    *,
    told: bool = True,
) -> None:
    for fact in _listed(found, home, mirror, commit):
        if wanted(fact.path):
            _add(found, home, mirror, fact, told=told)


def _overlaid(sources: Sources) -> Mapping[str, str]:
    """Documents of the case file that are judged at another commit (a KAK under review), by path."""
    documents = sources.procedure.documents
    return {documents[name].path: commit for name, commit in sources.overlay.items() if name in documents}


def _listed(found: _Found, home: str, mirror: Mirror, commit: str) -> tuple[FileFact, ...]:
    try:
        return mirror.tree(commit)
    except LaikError as problem:
        found.problems.append(f"{home} {commit[:12]}: {problem.explain('id')}")
        return ()


def _add(found: _Found, home: str, mirror: Mirror, fact: FileFact, *, told: bool) -> None:
    try:
        content = mirror.read_file(fact)
    except LaikError as problem:
        found.problems.append(f"{home}: {problem.explain('id')}")
        return
    kept = content if told else None
    found.files.append(FiledDocument(home, fact.path, fact.blob, sha256(content), len(content), kept))


def _commits(sources: Sources) -> dict[str, str]:
    homes = {"berkas": sources.berkas, "aplikasi": sources.aplikasi, "rahasia": sources.rahasia}
    commits = {name: home[1] for name, home in homes.items() if home is not None}
    return commits | {f"berkas:{name}": commit for name, commit in sources.overlay.items()}


def _named(sources: Sources) -> Iterator[NamedDocument]:
    for name, document in sources.procedure.documents.items():
        folder = f"{sources.key.lower()}/" if document.home == "rahasia" else ""
        yield NamedDocument(name, document.name, document.kind, document.home, folder + document.path)


def _comments(found: _Found, forge: Forge, seen: Seen, decision: Decision) -> tuple[CommentsNow, bool]:
    iid = decision.observation.place.iid
    try:
        return read_comments(forge, seen.office, iid, seen.intake.memory), True
    except LaikError as problem:
        found.problems.append(f"komentar: {problem.explain('id')}")
        return CommentsNow(), False


def _steps(decision: Decision, links: tuple[Link, ...], now: datetime) -> Iterator[StepRecord]:
    """Each step with its clock, as the ledger's turns have it; ``dilewati`` where the way did not need it."""
    closed, memory = closings(links), decision.memory
    calendar = decision.observation.rules.calendar
    timed = step_times(decision.procedure, memory.turns, calendar, now, finished=memory.finished)
    times = {one.step: one for one in timed}
    for step in decision.procedure.steps:
        state, time = decision.state.state(step.key), times.get(step.key)
        opened = next((turn.since for turn in memory.turns if turn.step == step.key), None)
        yield StepRecord(
            key=step.key,
            number=step.number,
            state=_word(decision, step, state),
            opened=opened.isoformat() if opened else "",
            due=calendar.day_of(time.due).isoformat() if time and time.due else "",
            closed=closed.get(step.key, ""),
            late=time is not None and time.verdict in {"late", "was_late"},
            findings=tuple(_finding(one) for one in (state.findings if state else ())),
        )


def _word(decision: Decision, step: Step, state: StepState | None) -> str:
    if state is None and step.key in decision.state.passed_by:
        return "dilewati"
    if decision.memory.finished or (state is not None and state.complete):
        return "dinyatakan" if step.completion == "attested" else "selesai"
    return "terbuka" if state is not None else "menunggu"


def _finding(one: Finding) -> dict[str, str]:
    return {
        "check": one.check,
        "outcome": str(one.outcome),
        "seen": one.seen.id,
        "remedy": one.remedy.id,
        "where": str(one.where),
    }
