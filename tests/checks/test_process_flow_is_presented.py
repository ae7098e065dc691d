from __future__ import annotations

from automation.core.finding import Outcome
from tests.checks.prose import WrittenDocument


class TestProcessFlow(WrittenDocument):
    check = "process_flow_is_presented"
    path = "dokumen/presentasi-awal/alur-proses.md"

    def test_a_diagram_as_code_or_as_picture_passes(self) -> None:
        diagram = "# Alur\n\n```mermaid\nflowchart LR\n  Pasien --> Loket --> Pemeriksaan --> Apotek\n```\n"
        assert self.outcome_of(diagram) == {Outcome.PASS}
        assert self.outcome_of("# Alur\n\n![Alur](alur.png)\n") == {Outcome.PASS}
