from __future__ import annotations

from pathlib import Path

from automation.core.procedure import Procedure, load_procedure
from automation.core.soplint import inferred, remarks


def lombok() -> Procedure:
    path = Path(__file__).parents[2] / "checks/sop/lombok-tengah.yaml"
    text = path.read_text(encoding="utf-8")
    names = {line.strip().removeprefix("- ") for line in text.splitlines() if line.startswith("        - ")}
    return load_procedure(text, path=path.name, checks=frozenset(names))


def test_blank_cells_and_readings_are_remarked() -> None:
    blank, readings = remarks(lombok())
    assert "nomor SOP, tanggal pembuatan, tanggal efektif, pencatatan" in blank.id
    assert "bacaan" in readings.id


def test_steps_without_a_duration_are_remarked() -> None:
    procedure = lombok()
    duration = procedure.steps[4].duration.model_copy(update={"raw": None, "iso": None})
    step = procedure.steps[4].model_copy(update={"duration": duration})
    steps = (*procedure.steps[:4], step, *procedure.steps[5:])
    assert "langkah 5." in remarks(procedure.model_copy(update={"steps": steps}))[1].id


def test_only_what_the_source_does_not_state_counts_as_a_reading() -> None:
    assert inferred(lombok().step("koreksi-kak")) == 1
