"""The gatekeeper: findings become commit statuses, one a gate and the aggregate ``laik/sop``.

A status only shows (architecture, decision 2): nothing is ever decided from one, whoever posted it.
"""

from __future__ import annotations

from typing import Literal

from automation.bots.desk import Desk
from automation.core.gate import HostingVerdict, Light
from automation.core.plan import Change, PostStatus
from automation.core.reconcile import Target

StatusWord = Literal["pending", "success", "failed"]
# One text a state: GitLab refuses to post a state that already stands, so a text that told more would go
# stale, and a bot that tried to correct it would try for ever. The card says which step and whose turn.
DESCRIPTIONS: dict[StatusWord, str] = {
    "pending": "Belum selesai; rinciannya pada kartu kasus",
    "success": "Terpenuhi",
    "failed": "Belum terpenuhi; rinciannya pada kartu kasus",
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
        is_hosting = decision.hosting is not None and target.sha == decision.hosting.facts.head_sha
        for gate in decision.gates:
            if gate.name == "hosting" and decision.hosting is not None and is_hosting:
                continue
            shown.append(_status(desk, target, gate.name, WORDS[gate.light]))
        if is_hosting and decision.hosting is not None:
            shown.append(_status(desk, target, "hosting", describe_hosting(decision.hosting)))
        shown.append(_status(desk, target, "sop", describe_sop(desk)))
    return shown


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
    failed = any(gate.light is Light.FAILED for gate in desk.decision.gates)
    return "failed" if failed else "pending"


def _status(desk: Desk, target: Target, gate: str, state: StatusWord) -> PostStatus:
    link = desk.decision.observation.links.issue
    return PostStatus(target.project_id, target.sha, f"laik/{gate}", state, DESCRIPTIONS[state], link)
