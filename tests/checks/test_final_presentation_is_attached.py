from __future__ import annotations

from automation.core.finding import Outcome
from tests.checks.worlds import PDF, judged, keys, outcomes, world

ID = "final_presentation_is_attached"
FOLDER = "dokumen/presentasi-akhir/"


def test_slides_as_pdf_or_office_file_pass():
    assert outcomes(judged(ID, world({FOLDER + "paparan.pdf": PDF}))) == {Outcome.PASS}
    assert outcomes(judged(ID, world({FOLDER + "paparan.pptx": b"PK\x03\x04" + b"\0" * 40}))) == {
        Outcome.PASS
    }


def test_a_folder_with_only_its_marker_fails():
    assert keys(judged(ID, world({FOLDER + ".gitkeep": ""}))) == {"presentasi_akhir"}


def test_an_untouched_template_fails():
    text = "# Presentasi akhir\n\nISI DI SINI\n"
    assert outcomes(judged(ID, world({FOLDER + "README.md": text}))) == {Outcome.FAIL}


def test_no_presentation_waits():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
