"""laik's own scan of exactly this commit found nothing critical or high, and left no file out.

Reports of other tools can only add flaws: the builder shapes the pipeline that writes them, so a clean
one proves nothing (architecture, decision 10). A comment that suppresses a rule silences nothing either;
it is told beside the flaws.
"""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.documents import CodeSnapshot, ScanFlaw, ScanReport
from automation.core.errors import Where
from automation.core.evidence import CODE, SCAN, Evidence, EvidenceView, State, document_id
from automation.core.finding import Finding, Outcome
from automation.core.text import Bilingual
from checks._common import BUILDER, failed, passed, quoted, unavailable, unknown

ID = "security_scan_passed"
NEEDS = (SCAN, CODE)
POLICY: tuple[str, ...] = ()

BLOCKING = frozenset({"kritis", "tinggi"})
_HARMLESS = frozenset({"sedang", "rendah", "info"})
_MEND = Bilingual(
    f"{BUILDER.id} memperbaiki kodenya, lalu mendorong commit baru.",
    f"Mend the code and push a new commit; to be done by {BUILDER.en}.",
)


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each blocking flaw, ERROR for each file not scanned or a scan of something else."""
    foreign = sorted(name for name, declared in view.documents.items() if declared.kind == "sarif")
    scan, code, *others = view.need(*NEEDS, *(document_id(name) for name in foreign))
    findings = [*_own(scan, code)]
    for name, evidence in zip(foreign, others, strict=True):
        findings += _foreign(view, name, evidence)
    return tuple(sorted(set(findings), key=_order))


def _order(finding: Finding) -> tuple[str, int, str, str]:
    return (finding.where.file, finding.where.line, finding.key, finding.seen.id)


def _own(scan: Evidence, code: Evidence) -> Iterator[Finding]:
    if State.ABSENT in {scan.state, code.state}:
        yield _nothing_yet(scan if scan.state is State.ABSENT else code)
        return
    if not isinstance(scan.value, ScanReport) or not isinstance(code.value, CodeSnapshot):
        problem = scan.problem if not isinstance(scan.value, ScanReport) else code.problem
        seen = Bilingual(
            f"Pemindaian laik tidak tuntas. {problem.id}".strip(),
            f"laik's scan did not finish. {problem.en}".strip(),
        )
        yield unknown(ID, seen, where=scan.where, key=SCAN)
        return
    yield from _judged(scan.value, code.value)


def _nothing_yet(evidence: Evidence) -> Finding:
    seen = Bilingual("Belum ada kode yang dipindai.", "No code has been scanned yet.")
    remedy = Bilingual(
        f"{BUILDER.id} mendorong kode ke cabang utama; laik memindainya sendiri.",
        f"Push the code to the default branch ({BUILDER.en}); laik scans it by itself.",
    )
    return Finding(ID, Outcome.PENDING, seen, remedy, evidence.where, SCAN)


def _judged(report: ScanReport, code: CodeSnapshot) -> Iterator[Finding]:
    if (report.commit, report.tree) != (code.commit, code.tree):
        seen = Bilingual(
            f"Yang dipindai {report.commit[:12]}, calon rilis {code.commit[:12]}.",
            f"Scanned was {report.commit[:12]}, the candidate is {code.commit[:12]}.",
        )
        yield unknown(ID, seen, key="commit")
    if report.files_scanned < 1:
        seen = Bilingual("Tidak satu berkas pun dipindai.", "Not a single file was scanned.")
        yield unknown(ID, seen, key="berkas")
    for path, reason in report.unscanned:
        seen = Bilingual(
            f"Berkas sumber tidak terpindai: {quoted(reason)}.", f"Source file not scanned: {quoted(reason)}."
        )
        remedy = Bilingual(
            f"{BUILDER.id} memperbaiki berkas agar terbaca sebagai kode sumber.",
            f"Mend the file so that it can be parsed; to be done by {BUILDER.en}.",
        )
        yield Finding(ID, Outcome.ERROR, seen, remedy, Where(file=path), f"unscanned:{path}")
    blocking = [flaw for flaw in report.flaws if flaw.severity not in _HARMLESS]
    yield from (_flaw(flaw) for flaw in blocking)
    yield _summary(report, blocking)


def _summary(report: ScanReport, blocking: list[ScanFlaw]) -> Finding:
    """What was scanned, with the suppressions met; it holds by itself and hides no other finding."""
    lesser = len(report.flaws) - len(blocking)
    seen = Bilingual(
        f"{report.files_scanned} berkas dipindai, {len(blocking)} temuan berat, {lesser} temuan ringan; "
        f"{len(report.suppressions)} komentar pembungkam diabaikan{_places(report)}.",
        f"{report.files_scanned} files scanned, {len(blocking)} grave and {lesser} lesser flaws; "
        f"{len(report.suppressions)} suppression comments were ignored{_places(report)}.",
    )
    return passed(ID, seen, key="ringkasan")


def _places(report: ScanReport) -> str:
    shown = [f"{quoted(path)}:{line}" for path, line, _ in sorted(report.suppressions)[:5]]
    return f" ({', '.join(shown)})" if shown else ""


def _flaw(flaw: ScanFlaw) -> Finding:
    seen = Bilingual(
        f"[{flaw.severity}] {quoted(flaw.message_id, limit=200)} ({flaw.rule}, {flaw.source})",
        f"[{flaw.severity}] {quoted(flaw.message_en, limit=200)} ({flaw.rule}, {flaw.source})",
    )
    place = Where(file=flaw.path, line=flaw.line, column=1 if flaw.line else 0)
    return failed(ID, seen, _MEND, where=place, key=f"{flaw.rule}:{flaw.fingerprint}")


def _foreign(view: EvidenceView, name: str, evidence: Evidence) -> Iterator[Finding]:
    if evidence.state is State.ABSENT:
        return
    if evidence.state is not State.PRESENT or not isinstance(evidence.value, ScanReport):
        yield unavailable(ID, view, name, evidence, who=BUILDER)
        return
    yield from (_flaw(flaw) for flaw in evidence.value.flaws if flaw.severity not in _HARMLESS)
