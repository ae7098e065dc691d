"""The request form of a case, as it stands in the issue now, held to what was accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from automation.core.memory import Memory
from automation.core.policy import Policy
from automation.core.procedure import Procedure
from automation.core.request import FieldProblem, RequestReading, parse_request
from automation.core.text import Bilingual
from automation.forges.base import Issue


def read_form(issue: Issue, policy: Policy, procedures: Mapping[str, Procedure]) -> RequestReading:
    """The request form as filed in the issue."""
    return parse_request(
        issue.title,
        issue.description,
        agencies={key: agency.nama for key, agency in policy.perangkat_daerah.items()},
        procedures={sop: procedures[sop].request for sop in policy.sop if sop in procedures},
        templates=policy.templat,
    )


def held_to_agency(reading: RequestReading, memory: Memory) -> RequestReading:
    """The reading, refused where it names another agency than the one accepted.

    Roles and the case file's members follow the agency: were it read from an issue that its author can edit
    at any time, he could let another agency's people in, or take a case to where he holds a role himself.
    """
    if not memory.agency or reading.agency in {"", memory.agency}:
        return reading
    problem = FieldProblem(
        "perangkat_daerah",
        "Perangkat daerah",
        0,
        Bilingual(
            f"diubah menjadi '{reading.agency}', padahal kasus ini milik '{memory.agency}'.",
            f"was changed to '{reading.agency}', but this case belongs to '{memory.agency}'.",
        ),
        Bilingual(
            f"Kembalikan ke '{memory.agency}', atau ajukan permohonan baru.",
            f"Put '{memory.agency}' back, or file a new request.",
        ),
    )
    return replace(reading, request=None, problems=(*reading.problems, problem))
