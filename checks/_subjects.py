"""For checks that judge whatever documents a step has: which subjects are meant, and who mends them."""

from __future__ import annotations

from collections.abc import Callable

from automation.core.evidence import EvidenceView
from automation.core.finding import Finding
from automation.core.procedure import Document
from automation.core.text import Bilingual
from checks._common import unknown

WRITER = Bilingual("Penyusun dokumen", "whoever writes the document")


def named(
    view: EvidenceView, subjects: tuple[str, ...], meant: Callable[[Document], bool]
) -> tuple[str, ...]:
    """The step's subjects that are documents and ``meant``, sorted."""
    return tuple(
        name for name in sorted(set(subjects)) if name in view.documents and meant(view.documents[name])
    )


def nothing_named(check: str) -> tuple[Finding, ...]:
    """The SOP asks a check about a step that has nothing for it: an error of the SOP, never a pass."""
    seen = Bilingual(
        "Langkah ini tidak menyebut satu dokumen pun yang dapat dinilai pemeriksaan ini.",
        "This step names no document that this check could judge.",
    )
    return (unknown(check, seen),)


def keyed(name: str, fault: Finding) -> Finding:
    """The same finding under the document's name, so that two documents never share a key."""
    key = f"{name}.{fault.key}" if fault.key and fault.key != name else name
    return Finding(fault.check, fault.outcome, fault.seen, fault.remedy, fault.where, key)
