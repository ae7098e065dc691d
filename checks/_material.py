"""Folders handed in as one document: what in them is real material."""

from __future__ import annotations

from automation.core.documents import FileFact, FolderDocument
from automation.core.evidence import EvidenceView
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import BUILDER, failed, opened, passed

PICTURES = frozenset({"png", "jpeg", "gif", "webp", "svg"})
_TEXT_ENDINGS = (".md", ".markdown", ".txt", ".html", ".htm")


def is_real(fact: FileFact, media: frozenset[str]) -> bool:
    """Whether a file is material by its content; notes about the folder and placeholders are not."""
    name = fact.path.rpartition("/")[2].casefold()
    if not fact.size or name.startswith((".", "readme", "baca-saya", "bacasaya")):
        return False
    if fact.media == "text":
        return "text" in media and name.endswith(_TEXT_ENDINGS)
    return fact.media in media


def judge_folder(
    check: str, view: EvidenceView, name: str, *, media: frozenset[str], expected: Bilingual
) -> tuple[Finding, ...]:
    """PASS when the folder ``name`` holds at least one real file of ``media``; ``expected`` names them."""
    answer = opened(check, view, name, FolderDocument, who=BUILDER)
    if isinstance(answer, Finding):
        return (answer,)
    evidence, folder = answer
    real = [fact for fact in folder.files if is_real(fact, media)]
    if real:
        seen = Bilingual(f"{len(real)} bahan terbaca.", f"{len(real)} files of material were read.")
        return (passed(check, seen, where=evidence.where, key=name),)
    return (
        failed(
            check,
            Bilingual(
                f"Dari {len(folder.files)} berkas tidak satu pun berisi {expected.id}.",
                f"Of {len(folder.files)} files not one holds {expected.en}.",
            ),
            Bilingual(
                f"{BUILDER.id} menambahkan {expected.id} ke {folder.path}.",
                f"Add {expected.en} to {folder.path}; to be done by {BUILDER.en}.",
            ),
            where=evidence.where,
            key=name,
        ),
    )
