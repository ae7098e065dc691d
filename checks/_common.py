"""What every check needs: opening a document, wording findings, telling filled from unfilled text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from automation.core.documents import MarkdownDocument, Section, normalise_title
from automation.core.errors import Where
from automation.core.evidence import Evidence, EvidenceView, State, document_id
from automation.core.finding import Finding, Outcome
from automation.core.text import Bilingual

PLACEHOLDER = "ISI DI SINI"
MINIMUM = 20
"""Fewer visible letters and digits than this are no content (a heading repeated, a date, a dash)."""

BUILDER = Bilingual("Pengembang", "the builder")
APPLICANT = Bilingual("Pemohon (perangkat daerah)", "the applicant (agency)")
AGENCY_TEAM = Bilingual("Tim Teknis PD", "the agency's technical team")
DISKOMINFO_TEAM = Bilingual("Tim Teknis Diskominfo", "Diskominfo's technical team")

_JUNK = frozenset(
    {"tbd", "tba", "todo", "xxx", "xxxx", "dst", "dsb", "nanti", "menyusul"}
    | {"lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit"}
)

Kind = TypeVar("Kind")


def passed(check: str, seen: Bilingual, *, where: Where = Where(), key: str = "") -> Finding:
    """A finding that holds."""
    return Finding(check, Outcome.PASS, seen, where=where, key=key)


def failed(
    check: str, seen: Bilingual, remedy: Bilingual, *, where: Where = Where(), key: str = ""
) -> Finding:
    """A finding that does not hold."""
    return Finding(check, Outcome.FAIL, seen, remedy, where, key)


def verdict(
    check: str, faults: Iterable[Finding], seen: Bilingual, *, where: Where = Where()
) -> tuple[Finding, ...]:
    """The faults in a stable order, or one PASS that tells what was ``seen``."""
    found = tuple(sorted(set(faults), key=_order))
    return found or (passed(check, seen, where=where),)


def _order(finding: Finding) -> tuple[str, int, int, str, str, str]:
    where = finding.where
    return (where.file, where.line, where.column, finding.key, finding.outcome.value, finding.seen.id)


def opened(
    check: str, view: EvidenceView, name: str, kind: type[Kind], *, who: Bilingual
) -> tuple[Evidence, Kind] | Finding:
    """The document ``name`` as a ``kind``, or the finding that says why it cannot be judged.

    Args:
        check: the id of the check that asks.
        view: the evidence.
        name: the document's id in the procedure.
        kind: the record its reader gives.
        who: who hands the document in, for the remedy.
    """
    evidence = view.get(document_id(name))
    if evidence.state is State.PRESENT and isinstance(evidence.value, kind):
        return evidence, evidence.value
    return unavailable(check, view, name, evidence, who=who)


def unavailable(check: str, view: EvidenceView, name: str, evidence: Evidence, *, who: Bilingual) -> Finding:
    """The finding for a document that is absent, unreadable or unknown."""
    title, place = _title(view, name), _place(view, name, evidence)
    if evidence.state is State.ABSENT:
        return Finding(
            check,
            Outcome.PENDING,
            Bilingual(f"{title.id} belum ada.", f"{title.en} is not there yet."),
            Bilingual(f"{who.id} menambahkan {place.file}.", f"Add {place.file}; to be done by {who.en}."),
            place,
            name,
        )
    if evidence.state is State.UNREADABLE:
        return failed(
            check,
            Bilingual(
                f"{title.id} tidak terbaca: {evidence.problem.id}",
                f"{title.en} cannot be read: {evidence.problem.en}",
            ),
            Bilingual(f"{who.id} memperbaiki {place.file}.", f"Mend {place.file}; to be done by {who.en}."),
            where=place,
            key=name,
        )
    return unknown(
        check,
        Bilingual(
            f"{title.id} tidak dapat diperiksa. {evidence.problem.id}".strip(),
            f"{title.en} could not be examined. {evidence.problem.en}".strip(),
        ),
        where=place,
        key=name,
    )


def unknown(check: str, seen: Bilingual, *, where: Where = Where(), key: str = "") -> Finding:
    """An ERROR: nothing is known, so nothing is concluded and the gate stays closed."""
    remedy = Bilingual(
        "Tunggu pemeriksaan berikutnya; bila menetap, hubungi pengelola laik.",
        "Wait for the next run; if it stays, ask whoever runs laik.",
    )
    return Finding(check, Outcome.ERROR, seen, remedy, where, key)


def _title(view: EvidenceView, name: str) -> Bilingual:
    declared = view.documents.get(name)
    if declared is None:
        return Bilingual(f"Dokumen '{name}'", f"The document '{name}'")
    return Bilingual(declared.name, declared.en)


def _place(view: EvidenceView, name: str, evidence: Evidence) -> Where:
    if evidence.where.file:
        return evidence.where
    declared = view.documents.get(name)
    return Where(file=declared.path if declared else "")


def quoted(text: object, *, limit: int = 60) -> str:
    """Text from a request on one line and cut short; the output port still escapes it."""
    line = " ".join(str(text).split())
    shown = "".join(ch if ch.isprintable() else "\ufffd" for ch in line)
    return f"'{shown}'" if len(shown) <= limit else f"'{shown[:limit]}…'"


def has_placeholder(text: str) -> bool:
    """Whether the template's placeholder still stands in ``text``."""
    return PLACEHOLDER.casefold() in " ".join(text.casefold().split())


def is_filled(text: str, *, minimum: int = MINIMUM) -> bool:
    """Whether ``text`` holds at least ``minimum`` letters and digits that somebody wrote for it.

    The placeholder, filler words (lorem ipsum, TBD) and rows of dots count as nothing; one long word, or
    the same word again and again, is no content either.
    """
    if has_placeholder(text):
        return False
    cleaned = "".join(ch if ch.isalnum() else " " for ch in text.casefold())
    words = [word for word in cleaned.split() if word not in _JUNK]
    enough = sum(len(word) for word in words) >= minimum
    return enough and len(set(words)) >= (3 if minimum >= MINIMUM else 1)


def find_section(document: MarkdownDocument, names: Iterable[str]) -> Section | None:
    """The section under one of ``names``; of several, the first that is filled."""
    wanted = {_plain(name) for name in names}
    found = [section for section in document.sections if _plain(section.title) in wanted]
    return next((section for section in found if is_filled(section.text)), found[0] if found else None)


def _plain(title: str) -> str:
    """``Maksud & Tujuan``, ``MAKSUD DAN TUJUAN`` and ``2. Maksud/Tujuan`` are the same heading."""
    return " ".join(word for word in normalise_title(title).split() if word not in {"dan", "serta", "and"})
