"""What the checks of a SOP read is declared in it: a check whose document is nowhere never comes to hold.

Kept apart from the other rules, since the checks themselves say what they read and a SOP only names them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from automation.core.procedure_flow import Problem
from automation.core.procedure_model import Procedure
from automation.core.text import Bilingual

DOCUMENT = "doc:"


def undeclared_needs(procedure: Procedure, needs: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    """Each check that reads a document which the SOP does not declare.

    Args:
        procedure: the SOP.
        needs: by check id the evidence ids that it reads whatever its subjects are.
    """
    for index, step in enumerate(procedure.steps):
        named = [(f"steps.{index}.judging.checks", check) for check in step.judging.checks]
        for at, branch in enumerate(step.flow.branches):
            named += [(f"steps.{index}.flow.branches.{at}.checks", check) for check in branch.checks]
        for place, check in named:
            wanted = (one.removeprefix(DOCUMENT) for one in needs.get(check, ()) if one.startswith(DOCUMENT))
            for name in wanted:
                if name not in procedure.documents:
                    yield place, _told(check, name)


def _told(check: str, name: str) -> Bilingual:
    return Bilingual(
        f"Pemeriksaan '{check}' membaca dokumen '{name}', yang tidak dideklarasikan, jadi tidak pernah"
        " terpenuhi. Tambahkan pada 'documents', atau pakai pemeriksaan lain.",
        f"The check '{check}' reads the document '{name}', which is not declared, so it never holds."
        " Add it to 'documents', or use another check.",
    )
