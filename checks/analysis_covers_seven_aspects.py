"""The analysis report covers the seven aspects of SOP step 5 (Lombok Tengah), each filled."""

from __future__ import annotations

from automation.core.documents import MarkdownDocument
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import DISKOMINFO_TEAM, opened, verdict
from checks._sections import Required, section_faults

ID = "analysis_covers_seven_aspects"
DOCUMENT = "laporan_hasil_analisis"
NEEDS = (document_id(DOCUMENT),)
POLICY: tuple[str, ...] = ()

ASPECTS = (
    Required("kebutuhan", ("Kebutuhan", "Analisis Kebutuhan", "Kebutuhan Aplikasi")),
    Required("fasilitas", ("Fasilitas", "Kebutuhan Fasilitas", "Sarana dan Prasarana")),
    Required("ketersediaan_anggaran", ("Ketersediaan Anggaran", "Anggaran")),
    Required(
        "akses_internet_intranet",
        (
            "Kebutuhan Akses Internet/Intranet",
            "Akses Internet/Intranet",
            "Akses Internet dan Intranet",
            "Kebutuhan Akses Internet dan Intranet",
            "Akses Internet",
        ),
    ),
    Required(
        "kebutuhan_sdm", ("Kebutuhan SDM", "SDM", "Sumber Daya Manusia", "Kebutuhan Sumber Daya Manusia")
    ),
    Required("kebutuhan_infrastruktur", ("Kebutuhan Infrastruktur", "Infrastruktur")),
    Required(
        "ruang_lingkup_dan_cakupan",
        (
            "Ruang Lingkup dan Cakupan Aplikasi",
            "Ruang Lingkup dan Cakupan",
            "Ruang Lingkup",
            "Lingkup dan Cakupan",
        ),
    ),
)


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """One FAIL for each aspect that is missing or unfilled."""
    answer = opened(ID, view, DOCUMENT, MarkdownDocument, who=DISKOMINFO_TEAM)
    if isinstance(answer, Finding):
        return (answer,)
    evidence, report = answer
    seen = Bilingual("Ketujuh aspek analisis terisi.", "All seven aspects of the analysis are filled.")
    faults = section_faults(ID, report, ASPECTS, who=DISKOMINFO_TEAM)
    return verdict(ID, faults, seen, where=evidence.where)
