"""The security report covers process, code and database, with a conclusion (SOP step 13).

The report is office-only: findings name its sections, never its content.
"""

from __future__ import annotations

from automation.core.documents import MarkdownDocument
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import DISKOMINFO_TEAM, opened, verdict
from checks._sections import Required, section_faults

ID = "security_report_has_three_views"
DOCUMENT = "laporan_hasil_pengujian"
NEEDS = (document_id(DOCUMENT),)
POLICY: tuple[str, ...] = ()

VIEWS = (
    Required("proses", ("Proses", "Keamanan Proses", "Sisi Proses", "Proses Bisnis")),
    Required(
        "pengkodean",
        ("Pengkodean", "Keamanan Pengkodean", "Sisi Pengkodean", "Kode", "Kode Sumber", "Pengodean"),
    ),
    Required(
        "database", ("Database", "Basis Data", "Keamanan Database", "Keamanan Basis Data", "Sisi Database")
    ),
    Required("simpulan", ("Simpulan", "Kesimpulan")),
)


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """One FAIL for each view that is missing or unfilled."""
    answer = opened(ID, view, DOCUMENT, MarkdownDocument, who=DISKOMINFO_TEAM)
    if isinstance(answer, Finding):
        return (answer,)
    evidence, report = answer
    seen = Bilingual(
        "Proses, pengkodean, database dan simpulan terisi.",
        "Process, code, database and conclusion are filled.",
    )
    faults = section_faults(ID, report, VIEWS, who=DISKOMINFO_TEAM)
    return verdict(ID, faults, seen, where=evidence.where)
