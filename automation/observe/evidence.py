"""Collecting evidence by id, lazily: each kind has one small collector here.

Nothing is written; a thing that cannot be looked for becomes UNKNOWN, never absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from automation.collect.documents import collect_document
from automation.collect.gittree import GitTree, code_snapshot
from automation.collect.mirror import Mirror
from automation.core.documents import ScanReport
from automation.core.errors import LaikError, Where
from automation.core.evidence import CODE, FORM, HOSTING, SCAN, Evidence, State
from automation.core.hosting import HostingEvidence
from automation.core.policy import digest_of
from automation.core.procedure import Procedure
from automation.core.request import RequestReading


class Scanner(Protocol):
    """laik's own scan of one commit."""

    def __call__(self, mirror: Mirror, commit: str) -> ScanReport:
        """The report; raises ScanFailed when the scan could not be completed."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the evidence of one case is read: a mirror and a commit for each home, when there is one.

    ``overlay`` gives another commit of the case file for single documents (a KAK still under review).
    """

    key: str
    procedure: Procedure
    reading: RequestReading
    berkas: tuple[Mirror, str] | None
    rahasia: tuple[Mirror, str] | None
    aplikasi: tuple[Mirror, str] | None
    overlay: Mapping[str, str]
    hosting: HostingEvidence | None
    hosting_digest: str
    scanner: Scanner


def collect(ids: Iterable[str], sources: Sources) -> dict[str, Evidence]:
    """The evidence asked for, each under its id."""
    return {one: _collect_one(one, sources) for one in sorted(ids)}


def _collect_one(evidence_id: str, sources: Sources) -> Evidence:
    try:
        if evidence_id == FORM:
            return _form(sources.reading)
        if evidence_id == CODE:
            return _code(sources)
        if evidence_id == SCAN:
            return _scan(sources)
        if evidence_id == HOSTING:
            return _hosting(sources)
        return _document(evidence_id.removeprefix("doc:"), sources)
    except LaikError as problem:
        return Evidence(evidence_id, State.UNKNOWN, where=problem.where, problem=problem.message)


def _form(reading: RequestReading) -> Evidence:
    return Evidence(FORM, State.PRESENT, digest=reading.digest, value=reading)


def _code(sources: Sources) -> Evidence:
    if sources.aplikasi is None or not sources.aplikasi[0].has(sources.aplikasi[1]):
        return Evidence(CODE, State.ABSENT)
    mirror, commit = sources.aplikasi
    snapshot = code_snapshot(mirror, commit)
    return Evidence(CODE, State.PRESENT, digest=snapshot.code_digest, value=snapshot)


def _scan(sources: Sources) -> Evidence:
    if sources.aplikasi is None or not sources.aplikasi[0].has(sources.aplikasi[1]):
        return Evidence(SCAN, State.ABSENT)
    mirror, commit = sources.aplikasi
    report = sources.scanner(mirror, commit)
    flaws = sorted([flaw.fingerprint, flaw.severity] for flaw in report.flaws)
    digest = digest_of([report.tree, report.ruleset, flaws, sorted(report.unscanned)])
    return Evidence(SCAN, State.PRESENT, digest=digest, value=report)


def _hosting(sources: Sources) -> Evidence:
    if sources.hosting is None:
        return Evidence(HOSTING, State.ABSENT)
    return Evidence(HOSTING, State.PRESENT, digest=sources.hosting_digest, value=sources.hosting)


def _document(name: str, sources: Sources) -> Evidence:
    document = sources.procedure.documents.get(name)
    evidence_id = f"doc:{name}"
    if document is None:
        return Evidence(evidence_id, State.ABSENT, where=Where(file=name, case=sources.key))
    homes = {"berkas": sources.berkas, "rahasia": sources.rahasia, "aplikasi": sources.aplikasi}
    home = homes[document.home]
    if home is None or not home[0].has(home[1]):
        return Evidence(evidence_id, State.ABSENT, where=Where(file=document.path, case=sources.key))
    mirror, commit = home
    if document.home == "berkas":
        commit = sources.overlay.get(name, commit)
    folder = f"{sources.key.lower()}/" if document.home == "rahasia" else ""
    return collect_document(name, document, GitTree(mirror, commit), folder=folder)
