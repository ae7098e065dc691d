"""The explainer: what a check run shows beside its light, where the forge has check runs (GitHub, as an app).

A summary says what this gate misses, who acts on it and where the card is; remarks stand on the lines of the
hosting request. All of it passes the output port, as every text in a forge does.

Findings stand on the hosting request alone, as on its card: who reads the application's repository need not
be one who may read what was seen in the case's other documents. A gate's summary stays the same as long as
its light does, and how far the case is stands on the card alone: told in every check run, each step would
write all of them anew and have each listing read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from automation.bots.desk import Desk, role_label
from automation.bots.stepcard import Part, failing_line
from automation.core.finding import Finding, Outcome
from automation.core.gate import HOSTING_CHECK, GateState, HostingVerdict, Light
from automation.core.outputport import Untrusted, one_line, outgoing
from automation.core.plan import Remark
from automation.core.text import Bilingual

MAX_SUMMARY = 65_535
"""Bytes of a check run's summary (GitHub REST, "Create a check run": output.summary)."""
MAX_REMARKS = 50  # as many as GitHub takes in one request; the summary names the rest
MAX_REMARK = 1000
_GATES = {
    Light.SUCCESS: "Semua langkah gerbang ini selesai.",
    Light.PENDING: "Gerbang ini belum selesai.",
    Light.FAILED: "Pada gerbang ini ada yang belum terpenuhi.",
}
_ROOM = 48_000  # bytes of the lines of findings, which leaves enough for what stands around them


def gate_summary(desk: Desk, gate: GateState) -> str:
    """One gate of a case: its steps, and who carries out and decides each."""
    parts: list[Part] = [_GATES[gate.light], "\n\nLangkah gerbang ini dan siapa yang bertindak:\n\n"]
    for step in gate.steps:
        roles = [actor.role for actor in step.actors.responsible] + list(step.act.by if step.act else ())
        labels = ", ".join(dict.fromkeys(role_label(desk, role) for role in roles))
        parts.extend([f"- langkah {step.number} ({step.key}): ", Untrusted(labels), "\n"])
    return outgoing([*parts, *_card(desk)])


def not_judged_summary(desk: Desk) -> str:
    """What binds to a commit, on a commit that is not the one judged."""
    return outgoing(["Commit ini bukan commit yang dinilai.\n", *_card(desk)])


def case_summary(desk: Desk, *, fulfilled: bool) -> str:
    """The aggregate."""
    told = "Semua yang mendahului hosting terpenuhi." if fulfilled else "Belum semua gerbang terpenuhi."
    return outgoing([told, "\n", *_card(desk)])


def request_summary(desk: Desk, verdict: HostingVerdict) -> str:
    """The hosting request: what is missing, and who acts on it."""
    parts: list[Part] = _findings(verdict.findings)
    if any(one.check == HOSTING_CHECK and one.outcome is Outcome.FAIL for one in verdict.findings):
        parts.append("\nBerkas permohonannya diperbaiki **pembuat permintaan**, pada cabang ini.\n")
    rule = desk.decision.procedure.hosting
    if verdict.refusal is not None:
        parts.append("\nPermintaan ini ditolak; alasannya ada pada kartu di halaman permintaan ini.\n")
    elif verdict.ready:
        parts.append("\nDisetujui; laik menggabungkan permintaan ini.\n")
    elif verdict.approvable and rule is not None:
        labels = ", ".join(role_label(desk, role) for role in rule.approved_by)
        parts.extend(["\nSemua syarat terpenuhi; menunggu persetujuan **", Untrusted(labels), "**, "])
        parts.append("dengan baris pada kartu di halaman permintaan ini.\n")
    elif verdict.evidence_holds:
        parts.append("\nPermintaannya lengkap; masih ada langkah SOP yang harus selesai lebih dulu.\n")
    return outgoing([*parts, *_card(desk)])


def stranger_summary(reason: Bilingual, findings: Sequence[Finding]) -> str:
    """A hosting request that is on no case's desk."""
    parts: list[Part] = ["Permintaan hosting ini tidak dapat diproses: ", Untrusted(reason.id), "\n\n"]
    parts.extend(_findings(findings))
    return outgoing([*parts, "\nGiliran **pembuat permintaan**; lihat kartu pada halaman ini.\n"])


def remarks(findings: Iterable[Finding], path: str) -> tuple[Remark, ...]:
    """Remarks on the lines of the request file ``path``; none where there is no such file at the head.

    Only findings on the request itself: a file of the case may well have the same path in its repository.
    """
    placed = [
        one
        for one in findings
        if one.check == HOSTING_CHECK and not one.holds and path and one.where.file == path and one.where.line
    ]
    return tuple(_remark(one) for one in placed[:MAX_REMARKS])


def _remark(finding: Finding) -> Remark:
    place = f"Baris {finding.where.line}, kolom {finding.where.column}: " if finding.where.column else ""
    text = one_line(f"{place}{finding.seen.id} {finding.remedy.id}", MAX_REMARK)
    return Remark(finding.where.file, finding.where.line, text, one_line(finding.check, 200))


def _findings(findings: Sequence[Finding]) -> list[Part]:
    """What does not hold, one line each as long as there is room; then how many hold.

    The attack: a request whose every fault quotes a kilobyte of it would push what matters, and who acts,
    past the forge's limit. The guard: only so many bytes of it, and the rest is counted.
    """
    failing = [outgoing(failing_line(finding)) for finding in findings if not finding.holds]
    parts: list[Part] = ["Yang belum terpenuhi:\n\n"] if failing else []
    room = _ROOM
    for at, line in enumerate(failing):
        room -= len(line.encode())
        if room < 0:
            parts.append(f"- … dan {len(failing) - at} temuan lain\n")
            break
        parts.append(line)
    held = sum(1 for finding in findings if finding.holds)
    return [*parts, f"\n{held} hal terpenuhi.\n"] if held else parts


def _card(desk: Desk) -> list[Part]:
    told = "Apa yang masih kurang dan giliran siapa sekarang: "
    link = desk.decision.observation.links.issue
    return [f"\n{told}[kartu kasus {desk.key}]({link})\n"] if link else [f"\n{told}lihat kartu kasus.\n"]
