"""What pins a case to its SOP: the version, and the digest of what that version said."""

from __future__ import annotations

import pytest

from automation.core.catalogue import Catalogue, sop_digest
from automation.core.errors import InvalidProcedure
from automation.core.procedure import Procedure
from tests.core.cases import KEY, SMALL, small_procedure

SOP = ("kecil", "2026.1")


def changed(old: str, new: str) -> Procedure:
    assert old in SMALL
    return small_procedure(SMALL.replace(old, new, 1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("by: [tim_teknis_diskominfo], refuse", "by: [tim_teknis_diskominfo, pengembang], refuse"),
        ("judging: {subjects: [scan], checks: [scan_is_clean]}", "judging: {subjects: [scan], checks: []}"),
        ("{when: tidak,", "{when: tidak, turn: [pengembang],"),
        ("kind: letter, home: berkas", "kind: letter, home: aplikasi"),
        ("kind: letter,", "kind: letter, signed_by: [kepala_diskominfo],"),
        ("raw: 2 Hari, iso: P2D", "raw: 2 Hari, iso: P20D"),
        ("archetype: builder_external", "archetype: technical_reviewer"),
        ("after: [amankan], completes", "after: [periksa], completes"),
        ("refuse: revisi}", "refuse: revisi, quorum: 2}"),
        ("completion: auto", "completion: auto\n    complete_when: provided"),
        ("refuse: temuan}", "refuse: temuan}\n    binding: {content: until_closed}"),
        ("on: refused, to: tulis, basis: inferred", "on: refused, to: tulis, basis: stated"),
        ("id: Memeriksa, en", "id: Melihat-lihat, en"),  # people decide by the words
    ],
)
def test_whatever_decides_is_in_the_digest(old: str, new: str) -> None:
    assert sop_digest(changed(old, new)) != sop_digest(small_procedure())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("signed: null", "signed: Kepala Dinas"),
        ("number: null, created_on: null", "number: 12/SOP/2026, created_on: 2026-03-02"),
        ("hosting: {after", "open_questions: [Siapa yang menyimpan?]\nhosting: {after"),
        ("hosting: {after", "errata: [{where: judul, found: SPO, read_as: SOP}]\nhosting: {after"),
        ("completion: auto", "completion: auto\n    notes: [Catatan]"),
    ],
)
def test_what_is_only_about_a_sop_is_not(old: str, new: str) -> None:
    other = changed(old, new)
    assert other != small_procedure()
    assert sop_digest(other) == sop_digest(small_procedure())


def test_a_default_written_out_changes_nothing() -> None:
    written = changed("refuse: temuan}", "refuse: temuan, quorum: 1, agree: any}\n    binding: {}")
    assert sop_digest(written) == sop_digest(small_procedure())


def test_a_case_is_judged_by_the_content_it_was_accepted_under() -> None:
    catalogue = Catalogue.of([small_procedure()])
    assert catalogue.pinned(*SOP, sop_digest(small_procedure()), case=KEY) == small_procedure()


def test_a_case_from_before_digests_were_kept_is_pinned_by_its_version_alone() -> None:
    assert Catalogue.of([small_procedure()]).pinned(*SOP, "", case=KEY) == small_procedure()


def test_changed_content_under_the_same_version_is_refused_by_name_and_says_how_it_is_mended() -> None:
    catalogue = Catalogue.of([changed("by: [kepala_diskominfo]", "by: [tim_teknis_diskominfo]")])
    with pytest.raises(InvalidProcedure) as refused:
        catalogue.pinned(*SOP, sop_digest(small_procedure()), case=KEY)
    assert refused.value.where.case == KEY
    assert "SOP 'kecil' versi 2026.1 berubah isinya" in refused.value.message.id
    for part in ("old content", "new version", "laik case migrate"):
        assert part in refused.value.remedy.en


def test_a_version_that_is_not_installed_is_refused_by_name() -> None:
    with pytest.raises(InvalidProcedure, match=r"SOP 'kecil' versi 2027\.1 tidak tersedia"):
        Catalogue.of([small_procedure()]).pinned("kecil", "2027.1", "", case=KEY)
