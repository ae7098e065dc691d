"""The host: merges a hosting merge request when every gate holds, and has the admitted state served.

It is the only one who merges there. Merging is pinned to the head that was judged; admission happens only
when the forge's own record says that laik's account merged it (architecture, decision 2).
"""

from __future__ import annotations

from automation.bots.desk import Desk
from automation.core.plan import Change, MergeHosting, ServeHosting


def wishes(desk: Desk) -> list[Change]:
    """The merge, or the serving of what was merged."""
    verdict, memory = desk.decision.hosting, desk.decision.memory
    if verdict is not None and verdict.ready and verdict.approval is not None:
        facts = verdict.facts
        intent = {
            "merge_request": facts.iid,
            "head": facts.head_sha,
            "path": facts.path,
            "blob": facts.blob,
            "sha": facts.sha,
            "decision": verdict.digest,
        }
        message = f"{desk.key}: {facts.path}\n\nSyarat SOP terpenuhi; keputusan {verdict.digest[:16]}."
        return [MergeHosting(facts.project_id, facts.iid, facts.head_sha, message, intent)]
    admitted = memory.admitted
    if admitted is not None and memory.applied != admitted.decision:
        return [ServeHosting(admitted.decision, admitted.path, admitted.sha)]
    return []
