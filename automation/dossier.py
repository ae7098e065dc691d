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
from typing import Protocol

from automation.collect.holidays import national_days
from automation.collect.mirror import Mirror
from automation.core.case import StepState
from automation.core.catalogue import Catalogue
from automation.core.chain import Link
from automation.core.clock import clock_rules
from automation.core.clockreport import step_times
from automation.core.comments import CommentsNow, seen_acts
from automation.core.documents import FileFact
from automation.core.dossier import CaseFile, FiledDocument, NamedDocument, StepRecord, closings, sha256
from automation.core.errors import LaikError
from automation.core.finding import Finding
from automation.core.memory import Memory, remember
from automation.core.procedure import Procedure, Step
from automation.core.reconcile import Decision
from automation.core.workcalendar import WorkCalendar
from automation.forges.base import Forge
from automation.observe.comments import read_comments
from automation.observe.homes import home
from automation.observe.keys import issue_number
from automation.observe.office import Office, OfficeReader
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


class Homes(Protocol):
    """Where the files of a case are read: a mirror and a commit for each home, when there is one."""

    @property
    def key(self) -> str:
        """The case's key."""

    @property
    def procedure(self) -> Procedure:
        """The SOP it runs under."""

    @property
    def berkas(self) -> tuple[Mirror, str] | None:
        """The case file."""

    @property
    def rahasia(self) -> tuple[Mirror, str] | None:
        """The office-only project."""

    @property
    def aplikasi(self) -> tuple[Mirror, str] | None:
        """The application."""

    @property
    def overlay(self) -> Mapping[str, str]:
        """Another commit of the case file for single documents."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """The homes of a case whose issue is gone."""

    key: str
    procedure: Procedure
    berkas: tuple[Mirror, str] | None
    rahasia: tuple[Mirror, str] | None
    aplikasi: tuple[Mirror, str] | None
    overlay: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Story:
    """What the ledger tells of a case, on the office's calendar."""

    memory: Memory
    links: tuple[Link, ...]
    calendar: WorkCalendar
    now: datetime


Judged = tuple[str, tuple[Mapping[str, str], ...]]
"""A step's state in a word, and its findings."""


def gather(key: str, reconciler: Reconciler, forge: Forge, store: Store, wishes: Wishes) -> CaseFile | None:
    """Everything of a case; None when it is no case, or its issue is gone (:func:`gather_outlived`).

    Raises:
        LaikError: the forge cannot be read, or the case's SOP is not there.
    """
    judged = reconciler.judged(key)
    if judged is None or judged[0].sources is None:
        return None
    seen, decision = judged
    story = _Story(
        seen.intake.memory, store.ledger.links(key), decision.observation.rules.calendar, wishes.now
    )

    def told(step: Step) -> Judged:
        state = decision.state.state(step.key)
        found = tuple(_finding(one) for one in (state.findings if state else ()))
        return _word(decision, step, state), found

    return _filed(judged[0].sources, story, forge, seen.office, store, wishes, told)


def gather_outlived(
    key: str, office: OfficeReader, versions: Catalogue, forge: Forge, store: Store, wishes: Wishes
) -> CaseFile | None:
    """Everything that is left of a case whose issue was deleted; None when it never was a case.

    What was decided must be provable then above all: the ledger has it, and the repositories outlive the
    issue. What cannot be had any more is how steps would be judged today.

    Raises:
        LaikError: the forge cannot be read, or the case's SOP is not there as it was.
    """
    memory = remember(store.ledger.entries(key))
    if not memory.is_case:
        return None
    procedure = versions.pinned(memory.procedure, memory.version, memory.sop_digest, case=key)
    now = office.read()
    rules = clock_rules(
        now.policy.kalender,
        now.policy.organisasi.zona_waktu,
        national_days(wishes.now.year),
        procedure.id,
    )
    story = _Story(memory, store.ledger.links(key), rules.calendar, wishes.now)
    return _filed(
        _kept(key, procedure, memory, now, forge, office), story, forge, now, store, wishes,
        lambda step: (_remembered_word(memory, step), ()),
    )  # fmt: skip


def _kept(
    key: str, procedure: Procedure, memory: Memory, office: Office, forge: Forge, reader: OfficeReader
) -> _Kept:
    berkas, aplikasi = (
        home(forge, reader.mirrors, memory.projects.get(kind)) for kind in ("berkas", "aplikasi")
    )
    secret = office.secret_mirror.head(office.secret.default_branch)
    commit = memory.admitted.sha if memory.admitted else aplikasi.head if aplikasi else ""
    return _Kept(
        key,
        procedure,
        berkas.source if berkas else None,
        (office.secret_mirror, secret) if secret else None,
        (aplikasi.mirror, commit) if aplikasi and aplikasi.holds(commit) else None,
    )


def _filed(
    homes: Homes,
    story: _Story,
    forge: Forge,
    office: Office,
    store: Store,
    wishes: Wishes,
    told: Callable[[Step], Judged],
) -> CaseFile:
    found, procedure = _Found(), homes.procedure
    _gather_files(found, homes, wishes)
    comments, read = _comments(found, forge, office, issue_number(homes.key), story.memory)
    return CaseFile(
        case=homes.key,
        procedure=procedure.id,
        version=procedure.version,
        title=procedure.title.id,
        built_at=wishes.now.isoformat(timespec="seconds"),
        commits=_commits(homes),
        links=story.links,
        signatures=store.signatures.rows(homes.key),
        ring=wishes.ring,
        files=tuple(sorted(found.files, key=lambda one: (one.home, one.path))),
        documents=tuple(_named(homes)),
        steps=tuple(_steps(procedure, story, told)),
        acts=seen_acts(story.memory.acts, comments),
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


def _gather_files(found: _Found, sources: Homes, wishes: Wishes) -> None:
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


def _overlaid(sources: Homes) -> Mapping[str, str]:
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


def _commits(sources: Homes) -> dict[str, str]:
    homes = {"berkas": sources.berkas, "aplikasi": sources.aplikasi, "rahasia": sources.rahasia}
    commits = {name: home[1] for name, home in homes.items() if home is not None}
    return commits | {f"berkas:{name}": commit for name, commit in sources.overlay.items()}


def _named(sources: Homes) -> Iterator[NamedDocument]:
    for name, document in sources.procedure.documents.items():
        folder = f"{sources.key.lower()}/" if document.home == "rahasia" else ""
        yield NamedDocument(name, document.name, document.kind, document.home, folder + document.path)


def _comments(
    found: _Found, forge: Forge, office: Office, iid: int, memory: Memory
) -> tuple[CommentsNow, bool]:
    try:
        return read_comments(forge, office, iid, memory), True
    except LaikError as problem:
        found.problems.append(f"komentar: {problem.explain('id')}")
        return CommentsNow(), False


def _steps(procedure: Procedure, story: _Story, told: Callable[[Step], Judged]) -> Iterator[StepRecord]:
    """Each step with its clock, as the ledger's turns have it; ``dilewati`` where the way did not need it."""
    closed, memory, calendar = closings(story.links), story.memory, story.calendar
    timed = step_times(procedure, memory.turns, calendar, story.now, finished=memory.finished)
    times = {one.step: one for one in timed}
    for step in procedure.steps:
        (state, findings), time = told(step), times.get(step.key)
        opened = next((turn.since for turn in memory.turns if turn.step == step.key), None)
        yield StepRecord(
            key=step.key,
            number=step.number,
            state=state,
            opened=opened.isoformat() if opened else "",
            due=calendar.day_of(time.due).isoformat() if time and time.due else "",
            closed=closed.get(step.key, ""),
            late=time is not None and time.verdict in {"late", "was_late"},
            findings=findings,
        )


def _remembered_word(memory: Memory, step: Step) -> str:
    """A step's state by the ledger alone."""
    if step.key in memory.closed:
        return "dinyatakan" if step.completion == "attested" else "selesai"
    if memory.finished:
        return "dilewati"
    return "terbuka" if memory.turns and memory.turns[-1].step == step.key else "menunggu"


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
