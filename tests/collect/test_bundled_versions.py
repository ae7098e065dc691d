"""What laik ships under a version number stays what it was: cases run under it."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from automation.collect.procedures import bundled_versions, read_bundled
from automation.core.catalogue import Catalogue, sop_digest
from automation.core.errors import InvalidProcedure

PINNED = {
    ("bali", "2021.1"): "c3e450d1c14bb7e2443332347b00ed394a47a3079bddbadcbfff9b2573ce317e",
    ("bali-lanjutan", "2026.1"): "2c6c4451691d5bc4c77e8043acddffcd852268f8879ee3c6b9584201f5833112",
    ("bolmut", "2021.1"): "feddf3472ae2e5ef5f41d94fbb1de41f52f73890ea957d53f18f7cc29f06458d",
    ("lombok-tengah", "2021.1"): "da11c6d3e6a7541172d39dd937a927614f1b31cef99ba19ef069c4edf1e1b8ec",
    ("muara-enim-mandiri", "2021.1"): "68d22d75c4d1d34997373e70570f81b12c334e06d487a01a10baae04225cd31d",
    ("muara-enim-pengembang", "2021.1"): "0241a8567fd2fc31e5538174f3bc36aaa52d430b0780df90f304f0b3d7fb948a",
}
TELL = """
The content of a SOP that laik ships is not what is pinned here. Cases that run under that version stand still
where this laik is installed. Keep the old file as checks/sop/<id>@<version>.yaml, give the changed one
(<id>.yaml) a new version number, and add a line for the new version here; no line that a released laik had
is changed or removed. The kept file of a continuation names the version of its SOP (continues_version).
Where no SOP file changed, the records of core/procedure_model.py did: what a file does not say must not enter
its digest (a new key is optional, its default says what was so before).
"""


def test_every_sop_that_laik_ships_says_what_its_version_has_always_said() -> None:
    assert {(one.id, one.version): sop_digest(one) for one in bundled_versions()} == PINNED, TELL


def shelf(folder: Path, name: str, version: str) -> None:
    text = resources.files("checks").joinpath("sop/bolmut.yaml").read_text("utf-8")
    assert 'version: "2021.1"' in text
    (folder / f"{name}.yaml").write_text(text.replace('version: "2021.1"', f'version: "{version}"'), "utf-8")


def test_an_older_version_is_shipped_beside_the_newer_one_that_new_cases_begin_under(tmp_path: Path) -> None:
    shelf(tmp_path, "bolmut", "2021.10")
    shelf(tmp_path, "bolmut@2021.9", "2021.9")
    catalogue = Catalogue.of(file.procedure for file in read_bundled(folder=tmp_path))
    assert catalogue.newest["bolmut"].version == "2021.10"
    assert catalogue.get("bolmut", "2021.9") is not None


def test_an_older_continuation_keeps_the_version_of_the_sop_that_it_continued(tmp_path: Path) -> None:
    files = resources.files("checks").joinpath("sop")
    bali, more = (files.joinpath(f"{name}.yaml").read_text("utf-8") for name in ("bali", "bali-lanjutan"))
    (tmp_path / "bali@2021.1.yaml").write_text(bali, "utf-8")
    newer = bali.replace('version: "2021.1"', 'version: "2027.1"').replace("iso: P7D", "iso: P8D", 1)
    assert "iso: P8D" in newer
    (tmp_path / "bali.yaml").write_text(newer, "utf-8")
    (tmp_path / "bali-lanjutan.yaml").write_text(more.replace('"2026.1"', '"2027.1"'), "utf-8")
    kept = more.replace("continues: bali", 'continues: bali\ncontinues_version: "2021.1"')
    (tmp_path / "bali-lanjutan@2026.1.yaml").write_text(kept, "utf-8")
    found = {(one.procedure.id, one.procedure.version): one for one in read_bundled(folder=tmp_path)}
    was, now = found["bali-lanjutan", "2026.1"], found["bali-lanjutan", "2027.1"]
    assert sop_digest(was.procedure) == PINNED["bali-lanjutan", "2026.1"]
    assert (was.base, now.base) == (found["bali", "2021.1"].procedure, found["bali", "2027.1"].procedure)


def test_two_files_of_one_version_that_differ_are_refused(tmp_path: Path) -> None:
    shelf(tmp_path, "bolmut", "2021.1")
    shelf(tmp_path, "bolmut@2021.1", "2021.1")
    file = tmp_path / "bolmut.yaml"
    text = file.read_text("utf-8")
    assert "timezone: Asia/Makassar" in text
    file.write_text(text.replace("timezone: Asia/Makassar", "timezone: Asia/Jakarta"), "utf-8")
    with pytest.raises(InvalidProcedure, match=r"2021\.1"):
        read_bundled(folder=tmp_path)
