"""The registrar: answers the applicant and closes the case when its last step is complete."""

from __future__ import annotations

from automation.bots.desk import Desk, answer_marker
from automation.core.outputport import outgoing
from automation.core.plan import Answer, Change, CloseIssue, Remember


def wishes(desk: Desk) -> list[Change]:
    """The final answer, the closing of the issue, and the entry that nothing reopens."""
    decision = desk.decision
    if decision.state.open is not None or decision.memory.finished or decision.life.state != "berjalan":
        return []
    place = decision.observation.place
    admitted = decision.memory.admitted
    steps = len(decision.procedure.steps)
    marker = answer_marker(f"selesai:{desk.key}")
    body = outgoing(
        [
            marker,
            f"\nPermohonan {desk.key} selesai: {steps} langkah SOP terpenuhi.\n\n",
            f"Commit yang disajikan: `{admitted.sha}`.\n" if admitted else "",
            "Riwayat keputusan tersimpan pada buku besar laik.",
        ]
    )
    answered: list[Change] = [Answer(place, marker, body), CloseIssue(place)]
    shown = decision.observation.shown
    if shown.issue_open or marker not in shown.answers:
        return answered
    # Only once the answer stands and the issue is closed: a crash in between is made good by the next round.
    return [Remember("finished", {"decision": admitted.decision if admitted else ""})]
