"""The gatekeeper: findings become commit statuses, one a gate and the aggregate ``laik/sop``.

A status only shows (architecture, decision 2): nothing is ever decided from one, whoever posted it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from automation.bots.desk import Desk
from automation.bots.explainer import (
    case_summary,
    gate_summary,
    not_judged_summary,
    remarks,
    request_summary,
)
from automation.core.evidence import CODE, SCAN
from automation.core.gate import GateState, HostingVerdict, Light
from automation.core.plan import Change, PostStatus
from automation.core.reconcile import Target

StatusWord = Literal["pending", "success", "failed"]
# One text a state: GitLab refuses to post a state that already stands, so a text that told more would go
# stale, and a bot that tried to correct it would try for ever. The card says which step and whose turn.
DESCRIPTIONS: dict[StatusWord, str] = {
    "pending": "Belum selesai, atau bukan commit yang dinilai; lihat kartu kasus",
    "success": "Terpenuhi",
    "failed": "Belum terpenuhi; lihat kartu kasus",
}
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
        if decision.hosting is not None and target.sha == decision.hosting.facts.head_sha:
            shown.extend(_on_request(desk, decision.hosting, target))
        else:
            shown.extend(_on_application(desk, target))
    return shown


def _on_request(desk: Desk, verdict: HostingVerdict, target: Target) -> list[PostStatus]:
    """On the hosting request's head: the gates of the commit it names, and its own."""
    path = verdict.facts.path if verdict.facts.blob else ""
    own = replace(
        _status(desk, target, "hosting", describe_hosting(verdict), request_summary(desk, verdict)),
        remarks=remarks(verdict.findings, path),
    )
    shown = {gate.name: _on_gate(desk, target, gate) for gate in desk.decision.gates}
    return list({**shown, "hosting": own, "sop": _aggregate(desk, target)}.values())


def _on_application(desk: Desk, target: Target) -> list[PostStatus]:
    """On a commit of the application: what binds to a commit is shown on the very commit that was judged.

    A newer head, or somebody's merge request, would otherwise wear the green of a commit that it is not.
    """
    if target.sha == desk.decision.observation.candidate:
        gates = [_on_gate(desk, target, gate) for gate in desk.decision.gates]
        return [*gates, _aggregate(desk, target)]
    other = not_judged_summary(desk)
    statuses = [
        _status(desk, target, gate.name, "pending", other)
        if binds(desk, gate)
        else _on_gate(desk, target, gate)
        for gate in desk.decision.gates
    ]
    return [*statuses, _status(desk, target, "sop", "pending", other)]


def _on_gate(desk: Desk, target: Target, gate: GateState) -> PostStatus:
    return _status(desk, target, gate.name, WORDS[gate.light], gate_summary(desk, gate))


def _aggregate(desk: Desk, target: Target) -> PostStatus:
    state = describe_sop(desk)
    return _status(desk, target, "sop", state, case_summary(desk, fulfilled=state == "success"))


def binds(desk: Desk, gate: GateState) -> bool:
    """Whether a gate judges something that stands in the application's commit."""
    documents = desk.decision.procedure.documents
    subjects = {subject for step in gate.steps for subject in step.judging.subjects}
    return bool(subjects & {CODE, SCAN}) or any(
        documents[name].home == "aplikasi" for name in subjects if name in documents
    )


def describe_hosting(verdict: HostingVerdict) -> StatusWord:
    """The hosting gate on the hosting merge request's own head."""
    if verdict.ready:
        return "success"
    waits = verdict.approvable and verdict.refusal is None
    return "pending" if waits else "failed"


def describe_sop(desk: Desk) -> StatusWord:
    """The aggregate: whether everything that comes before hosting holds."""
    verdict, finished = desk.decision.hosting, desk.decision.memory.finished
    if finished or desk.decision.state.open is None or (verdict is not None and verdict.ready):
        return "success"
    if desk.decision.life.ended:
        return "failed"
    failed = any(gate.light is Light.FAILED for gate in desk.decision.gates)
    return "failed" if failed else "pending"


def _status(desk: Desk, target: Target, gate: str, state: StatusWord, summary: str) -> PostStatus:
    link = desk.decision.observation.links.issue
    return PostStatus(
        target.project_id, target.sha, f"laik/{gate}", state, DESCRIPTIONS[state], link, summary
    )
