"""The gatekeeper: findings become commit statuses, one a gate and the aggregate ``laik/sop``.

A status only shows (architecture, decision 2): nothing is ever decided from one, whoever posted it.
"""

from __future__ import annotations

from typing import Literal

from automation.bots.desk import Desk
from automation.core.finding import Finding
from automation.core.gate import GateState, HostingVerdict, Light
from automation.core.plan import Change, PostStatus

DESCRIPTION_LIMIT = 140  # characters, the tighter of the forges' limits
StatusWord = Literal["pending", "success", "failed"]
WORDS: dict[Light, StatusWord] = {
    Light.SUCCESS: "success",
    Light.PENDING: "pending",
    Light.FAILED: "failed",
}


def wishes(desk: Desk) -> list[Change]:
    """The statuses every target commit should show."""
    decision = desk.decision
    shown: list[Change] = []
    for target in decision.observation.targets:
        is_hosting = decision.hosting is not None and target.sha == decision.hosting.facts.head_sha
        for gate in decision.gates:
            if gate.name == "hosting" and decision.hosting is not None and is_hosting:
                continue
            word, text = WORDS[gate.light], describe_gate(gate)
            shown.append(_status(desk, target.project_id, target.sha, gate.name, word, text))
        if is_hosting and decision.hosting is not None:
            word, text = describe_hosting(decision.hosting)
            shown.append(_status(desk, target.project_id, target.sha, "hosting", word, text))
        word, text = describe_sop(desk)
        shown.append(_status(desk, target.project_id, target.sha, "sop", word, text))
    return shown


def describe_gate(gate: GateState) -> str:
    """One gate in a line: what holds it, and at which step."""
    if gate.light is Light.SUCCESS:
        return "Terpenuhi"
    if gate.open is None:
        return f"Menunggu langkah {gate.steps[0].number}"
    state = gate.open
    if state.held is not None:
        return f"Langkah {state.step.number} dikembalikan untuk diperbaiki"
    failing = [finding for finding in state.findings if not finding.holds]
    if failing:
        return f"Langkah {state.step.number}: {_named(failing)}"
    if state.waiting_for_service and state.given:
        return f"Langkah {state.step.number}: menunggu penyajian nama"
    return f"Langkah {state.step.number}: menunggu keputusan"


def describe_hosting(verdict: HostingVerdict) -> tuple[StatusWord, str]:
    """The hosting gate on the hosting merge request's own head."""
    failing = [finding for finding in verdict.findings if not finding.holds]
    if verdict.refusal is not None:
        return "failed", "Ditolak Tim Teknis"
    if failing:
        return "failed", f"Belum terpenuhi: {_named(failing)}"
    if verdict.steps_missing:
        return "failed", f"{len(verdict.steps_missing)} langkah SOP belum selesai"
    if verdict.approval is None:
        return "pending", "Menunggu persetujuan Tim Teknis"
    return "success", "Semua syarat terpenuhi"


def describe_sop(desk: Desk) -> tuple[StatusWord, str]:
    """The aggregate: how far the case is."""
    state, total = desk.decision.state, len(desk.decision.procedure.steps)
    if state.open is None:
        return "success", f"Selesai: {total} dari {total} langkah"
    verdict = desk.decision.hosting
    if verdict is not None and verdict.ready:
        return "success", "Semua syarat sebelum hosting terpenuhi"
    failed = any(gate.light is Light.FAILED for gate in desk.decision.gates)
    step = state.open.step
    return ("failed" if failed else "pending"), f"Langkah {step.number} dari {total}: {step.key}"


def _named(failing: list[Finding]) -> str:
    return ", ".join(sorted({finding.check for finding in failing}))


def _status(desk: Desk, project_id: int, sha: str, gate: str, state: StatusWord, text: str) -> PostStatus:
    description = text if len(text) <= DESCRIPTION_LIMIT else text[: DESCRIPTION_LIMIT - 1] + "…"
    return PostStatus(
        project_id, sha, f"laik/{gate}", state, description, desk.decision.observation.links.issue
    )
