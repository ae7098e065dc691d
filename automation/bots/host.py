"""The host: merges a hosting merge request when every gate holds, and has the admitted state served.

It is the only one who merges there. Merging is pinned to the head that was judged; admission happens only
when the forge's own record says that laik's account merged it (architecture, decision 2).
"""

from __future__ import annotations

from automation.bots.desk import Desk
from automation.core import orphannames
from automation.core.plan import Change, MergeHosting, Remember, ServeHosting


def wishes(desk: Desk) -> list[Change]:
    """The merge, or the serving of what was merged; names of cases without their issue that were revoked."""
    orphaned = orphannames.wishes(desk.decision.memory, desk.decision.observation.orphans)
    return [*_of_the_case(desk), *orphaned]


def _of_the_case(desk: Desk) -> list[Change]:
    verdict, memory = desk.decision.hosting, desk.decision.memory
    # An older merge stays merged on the forge for ever; admitting it again would undo the newer one.
    # And one that a revocation overtook is not meant any more.
    merged = desk.decision.observation.merged.items()
    due = [(iid, sha) for iid, sha in merged if iid in memory.intended and iid not in memory.admissions]
    if due:
        return [_admission(desk, iid, sha) for iid, sha in due]
    if memory.down:  # before any merge: what must not be served any more comes first
        return [ServeHosting(decision, path, "", gone=True) for path, decision in memory.down.items()]
    if verdict is not None and verdict.ready and verdict.approval is not None:
        facts = verdict.facts
        intent = {
            "merge_request": facts.iid,
            "head": facts.head_sha,
            "path": facts.path,
            "blob": facts.blob,
            "sha": facts.sha,
            "decision": verdict.digest,
            "removed": facts.removes,
            **({"until": facts.until} if facts.until else {}),
        }
        message = f"{desk.key}: {facts.path}\n\n{_reason(facts.removes)}; keputusan {verdict.digest[:16]}."
        return [MergeHosting(facts.project_id, facts.iid, facts.head_sha, message, intent)]
    admitted = memory.admitted
    if admitted is not None and memory.applied != admitted.decision:
        return [ServeHosting(admitted.decision, admitted.path, admitted.sha)]
    return []


def _admission(desk: Desk, iid: int, merge_sha: str) -> Change:
    """What was intended and is merged by laik's own account becomes part of the admitted set."""
    intent = desk.decision.memory.intended[iid]
    return Remember(
        "admitted",
        {
            "path": intent["path"],
            "blob": intent["blob"],
            "sha": intent["sha"],
            "decision": intent["decision"],
            "merge_request": iid,
            "merge_sha": merge_sha,
            "removed": intent.get("removed") == "True",
            **({"until": intent["until"]} if intent.get("until") else {}),
        },
    )


def _reason(removes: bool) -> str:
    return "Penghapusan nama disetujui" if removes else "Syarat SOP terpenuhi"
