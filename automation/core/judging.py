"""Judging a step: what its checks say of the evidence, where saying nothing is never a yes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from automation.core.evidence import Evidence, EvidenceView, NotCollected, State, document_id
from automation.core.finding import Finding, Outcome
from automation.core.procedure import RESERVED_SUBJECTS, Step, Way
from automation.core.text import Bilingual


class CheckLike(Protocol):
    """A check as ``checks.discover`` gives it."""

    @property
    def id(self) -> str:
        """The check's id."""

    @property
    def needs(self) -> tuple[str, ...]:
        """Evidence ids beyond the subjects."""

    @property
    def policy(self) -> tuple[str, ...]:
        """Keys of the policy slice it reads."""

    @property
    def judge(self) -> Callable[[EvidenceView, tuple[str, ...]], tuple[Finding, ...]]:
        """The pure judgement."""


Checks = Mapping[str, CheckLike]


def subject_evidence(subject: str) -> str:
    """The evidence id of a subject word."""
    return subject if subject in RESERVED_SUBJECTS else document_id(subject)


def evidence_digest(evidence: Evidence) -> str:
    """The digest; a state that is not PRESENT never looks like content."""
    if evidence.state is State.ABSENT:
        return ""
    return evidence.digest if evidence.state is State.PRESENT else f"{evidence.state}:{evidence.digest}"


def findings_of(step: Step, view: EvidenceView, checks: Checks) -> tuple[Finding, ...]:
    """All findings of a step, sorted.

    Raises:
        NotCollected: with every evidence id that its checks still ask for.
    """
    subjects = effective_subjects(step, view)
    found = _judged(step.judging.checks, view, subjects, checks)
    if step.act is None and all(one.outcome is Outcome.NOT_APPLICABLE for one in found):
        found.append(nothing_judged(step.judging.checks[0] if step.judging.checks else step.key))
    if all(one.holds for one in found):
        found.extend(_subjects_not_seen(step, subjects, view))
    return in_order(found)


def findings_of_way(step: Step, view: EvidenceView, checks: Checks) -> Mapping[Way, tuple[Finding, ...]]:
    """What must hold besides for a way to be taken, by way; only ways that have such checks.

    Raises:
        NotCollected: with every evidence id that its checks still ask for.
    """
    subjects = effective_subjects(step, view)
    return {
        branch.on: in_order(_judged(branch.checks, view, subjects, checks))
        for branch in step.flow.branches
        if branch.checks
    }


def _judged(
    named: Iterable[str], view: EvidenceView, subjects: tuple[str, ...], checks: Checks
) -> list[Finding]:
    found: list[Finding] = []
    missing: set[str] = set()
    for check_id in named:
        try:
            found.extend(judged_by(checks[check_id], view, subjects))
        except NotCollected as question:
            missing |= question.ids
    if missing:
        raise NotCollected(missing)
    return found


def effective_subjects(step: Step, view: EvidenceView) -> tuple[str, ...]:
    """What the checks of a step look at: of each group of alternatives only those that are there.

    As long as nothing of a group is there, all of it is looked at, and its absence is found.
    """
    left_out: set[str] = set()
    for group in step.judging.any_of:
        absent = {name for name in group if view.get(subject_evidence(name)).state is State.ABSENT}
        if len(absent) < len(set(group)):
            left_out |= absent
    return tuple(subject for subject in step.judging.subjects if subject not in left_out)


def in_order(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings sorted, so that the same ones always give the same digest."""
    return tuple(sorted(found, key=lambda one: (one.check, one.key, one.outcome, one.where.line)))


def judged_by(check: CheckLike, view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """The findings of one check; a check that says nothing is an ERROR, also beside others that hold.

    Raises:
        NotCollected: it asks for evidence that is not there yet.
    """
    return check.judge(view, subjects) or (nothing_judged(check.id),)


def nothing_judged(check: str) -> Finding:
    """Nothing judged is an error, never green (architecture, decision 4)."""
    return Finding(
        check=check,
        outcome=Outcome.ERROR,
        seen=Bilingual("Tidak ada yang dinilai.", "Nothing was judged."),
        remedy=Bilingual("Laporkan kepada pengelola laik.", "Report it to those who run laik."),
    )


def _subjects_not_seen(step: Step, subjects: tuple[str, ...], view: EvidenceView) -> Iterator[Finding]:
    """What no check looks at would otherwise be approved unread: unknown, broken or not there at all."""
    for subject in subjects:
        evidence = view.get(subject_evidence(subject))
        if evidence.state in {State.UNKNOWN, State.UNREADABLE}:
            yield Finding(
                check="subject_is_readable",
                outcome=Outcome.ERROR,
                seen=Bilingual(
                    f"'{subject}' tidak dapat dibaca. {evidence.problem.id}".strip(),
                    f"'{subject}' could not be read. {evidence.problem.en}".strip(),
                ),
                remedy=Bilingual(
                    "Perbaiki berkasnya; bila forge tidak menjawab, tunggu penyelarasan berikutnya.",
                    "Mend the file; if the forge does not answer, wait for the next reconciliation.",
                ),
                where=evidence.where,
                key=subject,
            )
        elif evidence.state is State.ABSENT and not step.judging.checks:
            yield Finding(
                check="subject_is_present",
                outcome=Outcome.PENDING,
                seen=Bilingual(f"'{subject}' belum ada.", f"'{subject}' is not there yet."),
                remedy=Bilingual("Tambahkan berkasnya.", "Add the file."),
                where=evidence.where,
                key=subject,
            )
