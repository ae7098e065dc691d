from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from tests.checks.worlds import PDF, PNG, down, judged, keys, outcomes, without, world

ID = "dfd_and_erd_are_drawn"
DBML = "Table pasien {\n  id integer\n  nama varchar\n}\n"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><text>Warga, antrean, laporan harian</text></svg>\n'


def folder(files: dict[str, str | bytes]):
    return judged(ID, world({f"dokumen/desain/{name}": content for name, content in files.items()}))


@pytest.mark.parametrize(
    "files",
    [
        {"dfd.png": PNG, "erd.dbml": DBML},
        {"DFD-level-0.svg": SVG, "erd-v2.pdf": PDF},
        {"dfd/level-0.png": PNG, "erd/antrean.png": PNG},
        {"dfd-dan-erd.pdf": PDF},
    ],
)
def test_both_diagrams_pass_wherever_in_the_folder_they_lie(files):
    assert outcomes(folder(files)) == {Outcome.PASS}


@pytest.mark.parametrize(
    ("files", "missing"),
    [
        ({"dfd.png": PNG}, {"erd"}),
        ({"erd.dbml": DBML}, {"dfd"}),
        ({"gambar.png": PNG}, {"dfd", "erd"}),
        ({"dfd.png": b"", "erd.png": PNG}, {"dfd"}),
        ({"dfd.md": "ISI DI SINI\n", "erd.png": PNG}, {"dfd"}),
        ({"README-dfd.md": DBML, "erd.png": PNG}, {"dfd"}),
        ({"dfd.exe": b"MZ\0\0\0", "erd.png": PNG}, {"dfd"}),
        ({"dfd.png": b"version https://git-lfs.github.com/spec/v1\n", "erd.png": PNG}, {"dfd"}),
        ({"verdict.png": PNG, "dfd.png": PNG}, {"erd"}),
    ],
)
def test_each_diagram_that_is_missing_is_named(files, missing):
    assert keys(folder(files)) == missing


def test_no_folder_waits_and_an_unknown_one_is_an_error():
    assert outcomes(judged(ID, world({}))) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(world({}), down("doc:dfd_erd")))) == {Outcome.ERROR}
