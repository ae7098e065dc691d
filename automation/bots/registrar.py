"""The registrar: answers the applicant and closes the case when its last step is complete."""

from __future__ import annotations

from automation.bots.desk import Desk
from automation.core.outputport import outgoing
from automation.core.plan import Answer, Change, CloseIssue, Remember


def wishes(desk: Desk) -> list[Change]:
    """The final answer, the closing of the issue, and the entry that nothing reopens."""
    decision = desk.decision
    if decision.state.open is not None or decision.memory.finished:
        return []
    place = decision.observation.place
    admitted = decision.memory.admitted
    body = outgoing(
        [
            f"Permohonan {desk.key} selesai: {len(decision.procedure.steps)} langkah SOP "
            f"{decision.procedure.title.id} terpenuhi.\n\n",
            f"Commit yang disajikan: `{admitted.sha}`.\n" if admitted else "",
            "Riwayat keputusan tersimpan pada buku besar laik.",
        ]
    )
    answered: list[Change] = [Answer(place, f"selesai:{desk.key}", body), CloseIssue(place)]
    if decision.observation.shown.issue_open:
        return answered
    # Only once the answer stands and the issue is closed: a crash in between is made good by the next round.
    return [*answered, Remember("finished", {"decision": admitted.decision if admitted else ""})]
