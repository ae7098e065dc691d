"""The intake: a complete request becomes a case; an incomplete one gets one card naming everything.

Only someone who holds a role in the agency named (or at the ICT agency, for the counter) can file: a request
makes a repository, and that must not be open to anyone who can write an issue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from automation.bots.desk import card_marker
from automation.core.catalogue import sop_digest
from automation.core.memory import Memory
from automation.core.outputport import Untrusted, outgoing
from automation.core.plan import Change, Place, Remember, WriteCard
from automation.core.policy import Policy
from automation.core.procedure import Procedure
from automation.core.reconcile import ShownState
from automation.core.request import RequestReading, looks_like_request


@dataclass(frozen=True, slots=True)
class Intake:
    """An issue of the control project, read as a request.

    Attributes:
        key: the case key it has or would get.
        place: the issue.
        title, body, author: as filed; hostile text.
        reading: the form's fields and everything wrong with them.
        memory: what the ledger holds of it.
        shown: laik's card and labels on the issue.
        filed: when the issue was made (ISO), by which another issue of that number is told apart.
    """

    key: str
    place: Place
    title: str
    body: str
    author: str
    reading: RequestReading
    policy: Policy
    procedures: Mapping[str, Procedure]
    memory: Memory
    shown: ShownState
    filed: str = ""


def wishes(intake: Intake) -> list[Change]:
    """Accept the request, or say on one card what is missing; an ordinary issue is left alone."""
    if not looks_like_request(intake.body) or not intake.shown.issue_open:
        return []
    if not complete(intake):
        return [WriteCard(intake.place, problem_card(intake), None)]
    request = intake.reading.request
    assert request is not None  # noqa: S101 - complete() says so
    procedure = intake.procedures[request.sop]
    body = {
        "form": intake.reading.digest,
        "agency": request.perangkat_daerah,
        "procedure": procedure.id,
        "version": procedure.version,
        "sop_digest": sop_digest(procedure),
        "filed": intake.filed,
    }
    return [Remember("accepted", body)]


def complete(intake: Intake) -> bool:
    """Whether the request can become a case."""
    return intake.reading.request is not None and not intake.reading.problems and may_file(intake)


def may_file(intake: Intake) -> bool:
    """Whether the author holds any role in the agency named, or at the ICT agency itself."""
    return intake.policy.concerns(intake.author, intake.reading.agency)


def problem_card(intake: Intake) -> str:
    """The card of a request that cannot become a case yet: every field, what is wrong, what to do."""
    parts: list[str | Untrusted] = [
        card_marker(intake.key),
        "\n### Permohonan belum lengkap\n\n",
        "Perbaiki butir berikut dengan menyunting isi issue ini; kartu ini menyesuaikan sendiri.\n\n",
    ]
    for problem in intake.reading.problems:
        line = f" (baris {problem.line})" if problem.line else ""
        parts.extend(
            [
                f"- **{problem.label}**{line}: ",
                Untrusted(problem.message.id),
                " ",
                Untrusted(problem.remedy.id),
                "\n",
            ]
        )
    if intake.reading.agency and not may_file(intake):
        parts.extend(
            [
                "- **Pemohon**: akun ",
                Untrusted(intake.author),
                " tidak terdaftar pada perangkat daerah ini. ",
                "Minta Diskominfo menambahkannya pada kebijakan.\n",
            ]
        )
    return outgoing(parts)
