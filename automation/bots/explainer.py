"""The explainer: what a check run shows beside its light, where the forge has check runs (GitHub, as an app).

A summary says what is missing, whose turn it is and where the card is; remarks stand on the lines of the
hosting request. All of it passes the output port, as every text in a forge does.

On a commit of the application only the names of checks are told: who reads that repository need not be one
who may read what was seen in the case's other documents. On a hosting request stands what its card says.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from automation.bots.desk import Desk, role_label, turn
from automation.bots.reporter import SIGNS, Part, failing_line
from automation.core.finding import Finding, Outcome
from automation.core.gate import HOSTING_CHECK, GateState, HostingVerdict, Light
from automation.core.outputport import Untrusted, one_line, outgoing
from automation.core.plan import Remark
from automation.core.text import Bilingual

MAX_SUMMARY = 65_535
"""Bytes of a check run's summary (GitHub REST, "Create a check run": output.summary)."""
MAX_REMARKS = 50  # as many as GitHub takes in one request; the summary names the rest
MAX_REMARK = 1000
_ROOM = 48_000  # bytes of the lines of findings, which leaves enough for what stands around them


def gate_summary(desk: Desk, gate: GateState) -> str:
    """One gate of a case by its steps: what does not hold by name, and whose turn it is."""
    if gate.open is None:
        done = gate.light is Light.SUCCESS
        told = "Semua langkah gerbang ini selesai." if done else "Giliran gerbang ini belum tiba."
        return outgoing([told, "\n", *_turn(desk), *_card(desk)])
    step = gate.open.step
    parts: list[Part] = [f"Langkah {step.number} ({step.key}) belum selesai.\n"]
    failing = sorted({(one.check, SIGNS[one.outcome]) for one in gate.open.findings if not one.holds})
    if failing:
        parts.append("\nYang belum terpenuhi:\n\n")
        parts.extend(f"- {sign} `{check}`\n" for check, sign in failing)
    elif gate.open.held is not None:
        parts.append("\nDikembalikan untuk diperbaiki; alasannya ada pada kartu.\n")
    elif step.act is not None and gate.open.approval is None:
        parts.append("\nBuktinya lengkap; keputusan orang yang berwenang masih ditunggu.\n")
    return outgoing([*parts, *_turn(desk), *_card(desk)])


def not_judged_summary(desk: Desk) -> str:
    """What binds to a commit, on a commit that is not the one judged."""
    judged = desk.decision.observation.candidate
    which = f"Yang dinilai commit `{judged}`.\n" if judged else "Belum ada commit yang dinilai.\n"
    return outgoing(["Commit ini bukan commit yang dinilai. ", which, *_card(desk)])


def case_summary(desk: Desk) -> str:
    """The aggregate: how far the case is, and whose turn it is."""
    state, total = desk.decision.state, len(desk.decision.procedure.steps)
    if state.open is None or desk.decision.memory.finished:
        return outgoing([f"Selesai: {total} dari {total} langkah.\n", *_card(desk)])
    step = state.open.step
    return outgoing([f"Langkah {step.number} dari {total} ({step.key}).\n", *_turn(desk), *_card(desk)])


def request_summary(desk: Desk, verdict: HostingVerdict) -> str:
    """The hosting request: what is missing in it and before it, and who acts next."""
    parts: list[Part] = _findings(verdict.findings)
    if any(one.check == HOSTING_CHECK and one.outcome is Outcome.FAIL for one in verdict.findings):
        parts.append("\nBerkas permohonannya diperbaiki **pembuat permintaan**, pada cabang ini.\n")
    if verdict.steps_missing:
        numbers = {step.key: step.number for step in desk.decision.procedure.steps}
        parts.append("\nLangkah SOP yang belum selesai:\n\n")
        parts.extend(f"- langkah {numbers[key]}: {key}\n" for key in verdict.steps_missing)
    if verdict.refusal is not None:
        parts.append("\nPermintaan ini ditolak; alasannya ada pada kartu.\n")
    elif verdict.ready:
        parts.append("\nDisetujui; laik menggabungkan permintaan ini.\n")
    elif verdict.approvable and desk.decision.procedure.hosting is not None:
        labels = ", ".join(role_label(desk, role) for role in desk.decision.procedure.hosting.approved_by)
        parts.extend(["\nSemua syarat terpenuhi; menunggu persetujuan **", Untrusted(labels), "**.\n"])
    parts.append("\nBaris untuk menyetujui atau menolak ada pada kartu di halaman permintaan ini.\n")
    return outgoing([*parts, *_turn(desk), *_card(desk)])


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


def _turn(desk: Desk) -> list[Part]:
    roles = turn(desk)
    if not roles:
        return []
    return ["\nGiliran **", Untrusted(", ".join(role_label(desk, role) for role in roles)), "**.\n"]


def _card(desk: Desk) -> list[Part]:
    link = desk.decision.observation.links.issue
    return [f"\n[Kartu kasus {desk.key}]({link})\n"] if link else []
