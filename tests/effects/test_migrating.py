"""``laik case migrate`` on a forge: a case moves to another version of its SOP with the word of the head."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import resources
from pathlib import Path

import pytest

from automation.collect.ownsops import installed
from automation.collect.procedures import bundled
from automation.core.catalogue import sop_digest
from automation.core.errors import InvalidProcedure
from automation.demo import documents
from automation.demo import organisation as org
from automation.examine.machine import stopped
from automation.migrating import offer_migration
from automation.wiring import Laik, build
from tests.effects.world import DAY, SHORT, World, short_procedure

SOP = "lombok-tengah"
FIRST = "permohonan-bantuan-teknis"


def newer(folder: Path, version: str, *changes: tuple[str, str]) -> Path:
    """The organisation's own version of Lombok Tengah's SOP, in its folder of SOPs."""
    folder.mkdir(exist_ok=True)
    text = resources.files("checks").joinpath(f"sop/{SOP}.yaml").read_text("utf-8")
    for old, new in (('version: "2021.1"', f'version: "{version}"'), *changes):
        assert old in text
        text = text.replace(old, new)
    (folder / f"{SOP}@{version}.yaml").write_text(text, "utf-8")
    return folder


@contextmanager
def restarted(world: World, sops: Path) -> Iterator[Laik]:
    """laik as it comes up with a folder of SOPs (``LAIK_SOP``)."""
    shipped = {**bundled(), SHORT: short_procedure()}
    laik = build(replace(world.laik.settings, sops=sops), procedures=shipped)
    before, world.laik = world.laik, laik
    try:
        yield laik
    finally:
        world.laik = before
        laik.close()


def lettered(world: World, slug: str) -> str:
    """A case of Lombok Tengah whose first step waits for the head of the agency alone."""
    key = world.file_text(
        f"Permohonan {slug}", documents.request_form(org.AGENCY, slug=slug).replace("php-laravel", "base")
    )
    world.settle(key)
    files = documents.letter(
        "surat_permohonan_bantuan_teknis",
        "permohonan/surat-permohonan-bantuan-teknis.pdf",
        role="kepala_pd",
        office="Kepala Dinas Kesehatan",
        to="Kepala Diskominfo",
        subject="Permohonan bantuan teknis",
        day=DAY,
    )
    world.commit(f"berkas/{key.lower()}", files)
    world.settle(key)
    return key


def requested(world: World, slug: str) -> str:
    """A case of Lombok Tengah whose first step is done."""
    key = lettered(world, slug)
    world.paste(org.HEAD, key, "ajukan permohonan")
    world.settle(key)
    assert FIRST in world.memory(key).closed
    return key


def test_a_case_moves_with_the_word_of_the_head_and_takes_its_decisions_along(
    world: World, tmp_path: Path
) -> None:
    key = requested(world, "pindah-versi")
    with restarted(world, newer(tmp_path / "sop", "2026.2")) as laik:
        planned, written = offer_migration(laik, key, None, dry_run=False)
        assert (planned.version, planned.kept, written) == ("2026.2", (FIRST,), True)
        card = world.cards(org.CONTROL, int(key[8:]))[0]
        assert "Tawaran pindah ke SOP lombok-tengah versi 2026.2" in card
        assert offer_migration(laik, key, None, dry_run=False)[1] is False  # it stands offered already
        world.paste(org.ICT_HEAD, key, "migrasi sop")
        world.settle(key)
        memory, decision = world.memory(key), laik.reconciler.decision(key)
        assert memory.version == "2026.2"
        assert decision is not None
        assert decision.state.done == 1
        assert "Tawaran pindah" not in world.cards(org.CONTROL, int(key[8:]))[0]


def test_an_offer_alone_moves_nothing(world: World, tmp_path: Path) -> None:
    key = requested(world, "hanya-tawaran")
    with restarted(world, newer(tmp_path / "sop", "2026.2")) as laik:
        planned, written = offer_migration(laik, key, None, dry_run=True)
        assert (planned.version, written) == ("2026.2", False)
        assert "offered" not in world.kinds(key)
        offer_migration(laik, key, "2026.2", dry_run=False)
        world.settle(key)
        assert world.memory(key).version == "2021.1"


@pytest.mark.parametrize("version", ["2030.1", "2021.1"])
def test_a_version_that_is_not_there_or_is_the_cases_own_is_refused(
    world: World, tmp_path: Path, version: str
) -> None:
    key = requested(world, f"versi-{version.replace('.', '-')}")
    with restarted(world, newer(tmp_path / "sop", "2026.2")) as laik:
        with pytest.raises(InvalidProcedure) as refused:
            offer_migration(laik, key, version, dry_run=False)
        assert version in refused.value.explain("en")
        assert "offered" not in world.kinds(key)


WIDENED = ("about: permohonan, by: [kepala_pd]}", "about: permohonan, by: [kepala_pd, tim_teknis_pd]}")


def card_of(world: World, key: str) -> str:
    return world.cards(org.CONTROL, int(key[8:]))[0]


def stands_still(world: World, laik: Laik, key: str) -> str:
    """What is said, on every way there is, of a case that is not judged; nothing of it was decided."""
    before = world.kinds(key)
    with pytest.raises(InvalidProcedure) as refused:
        world.settle(key)
    for look in (laik.reconciler.decision, laik.reconciler.plan):
        with pytest.raises(InvalidProcedure) as seen:
            look(key)
        assert str(seen.value) == str(refused.value)
    (problem,) = (one for one in stopped(laik.settings.store_url, laik.versions) if one.where.case == key)
    assert str(problem) == str(refused.value)
    written = laik.forge.writes
    with pytest.raises(InvalidProcedure):
        world.settle(key)
    assert (world.kinds(key), laik.forge.writes) == (before, written)  # the card says it once
    return refused.value.explain("en")


def test_a_case_stands_still_while_its_sop_reads_otherwise_and_goes_on_once_it_is_put_back(
    world: World, tmp_path: Path
) -> None:
    folder = newer(tmp_path / "sop", "2026.2")
    with restarted(world, folder):
        key = lettered(world, "sop-berubah")
        world.paste(org.TEAM, key, "ajukan permohonan")
    newer(folder, "2026.2", WIDENED)
    with restarted(world, folder) as laik:
        said = stands_still(world, laik, key)
        assert "SOP 'lombok-tengah' version 2026.2 changed" in said
        card = card_of(world, key)
        assert f"{key} berhenti" in card
        assert "lombok-tengah" in card
        assert "ajukan permohonan" not in card  # nothing is offered to paste
    newer(folder, "2026.2")
    with restarted(world, folder):
        world.settle(key)
        acts = world.memory(key).acts
        assert [(one.ruling, one.step) for one in acts] == [("void", FIRST)]  # as it was accepted
        world.paste(org.HEAD, key, "ajukan permohonan")
        world.settle(key)
        assert FIRST in world.memory(key).closed


def test_content_with_a_version_of_its_own_takes_over_by_migration_and_pins_the_case_in_turn(
    world: World, tmp_path: Path
) -> None:
    folder = newer(tmp_path / "sop", "2026.2")
    with restarted(world, folder):
        key = lettered(world, "isi-baru")
    newer(folder, "2026.3", WIDENED)
    with restarted(world, folder) as laik:
        offer_migration(laik, key, "2026.3", dry_run=False)
        world.paste(org.ICT_HEAD, key, "migrasi sop")
        world.settle(key)
        installed_now = laik.versions.get(SOP, "2026.3")
        assert installed_now is not None
        assert world.memory(key).sop_digest == sop_digest(installed_now)
        world.paste(org.TEAM, key, "ajukan permohonan")
        world.settle(key)
        assert FIRST in world.memory(key).closed
    newer(folder, "2026.3")
    with restarted(world, folder) as laik:
        assert "version 2026.3 changed" in stands_still(world, laik, key)


def test_a_case_whose_sop_is_gone_is_told_so_on_its_card_too(world: World, tmp_path: Path) -> None:
    folder = newer(tmp_path / "sop", "2026.2")
    with restarted(world, folder):
        key = lettered(world, "sop-hilang")
    (folder / f"{SOP}@2026.2.yaml").unlink()
    with restarted(world, folder) as laik:
        assert "version 2026.2 is not available" in stands_still(world, laik, key)
        assert "tidak tersedia" in card_of(world, key)


def test_a_broken_file_of_the_organisations_own_stops_nothing_and_is_told(tmp_path: Path) -> None:
    folder = newer(tmp_path / "sop", "2026.2")
    newer(folder, "2026.3", ("verb: ajukan", "verb: ajuken"))
    catalogue, problems = installed(folder)
    assert catalogue.newest[SOP].version == "2026.2"
    assert [problem.where.file.endswith(f"{SOP}@2026.3.yaml") for problem in problems] == [True]
    assert "ajuken" in problems[0].explain("en")


def test_changed_content_under_a_version_that_is_taken_is_left_out(tmp_path: Path) -> None:
    folder = newer(tmp_path / "sop", "2021.1", ("Kepala PD", "Kepala Dinas"))
    catalogue, problems = installed(folder)
    assert catalogue.newest[SOP].version == "2021.1"
    assert "2021.1" in problems[0].explain("en")


def test_a_folder_that_cannot_be_read_is_told_and_laiks_own_sops_stay(tmp_path: Path) -> None:
    catalogue, problems = installed(tmp_path / "tidak-ada")
    assert len(catalogue.newest) == len(installed(None)[0].newest)
    assert "LAIK_SOP" in problems[0].explain("en")
