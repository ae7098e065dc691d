"""What laik answers to people who ask, mistype, or speak at the wrong time: always the way that leads on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from automation.core.authority import Acting
from automation.core.confirmation import Confirmed, confirm
from automation.core.text import indonesian_date
from automation.core.verbs import VERBS
from tests.core.branching import agreed, branching, branching_case
from tests.core.cases import Case, lombok_case, small_case, walk_to


def answered(case: Case, account: str, text: str) -> str:
    case.settle()
    act = case.says(account, text)
    case.settle()
    return case.answer(act)


def standing_still(*ways: str) -> Case:
    """A case suspended for want of resources, in a region that confirmed these ways alone."""
    case = branching_case()
    case.procedure = confirm(branching(), Confirmed(cabang=ways, pelaksana="semua"))
    case = agreed(case)
    case.content["ketersediaan"] = "tidak ada"
    case.takes("kabid", "tidak-tersedia")
    case.takes("kabid", "ajukan")
    assert case.decide().state.suspended
    return case


def test_every_way_that_can_be_taken_now_is_told() -> None:
    told = answered(small_case(), "orang-lain", "@laik status")
    assert "@laik setuju naskah" in told
    assert "@laik revisi naskah" in told


def test_a_line_that_would_be_refused_is_not_offered() -> None:
    case = small_case()
    del case.content["naskah"]
    assert "@laik" not in answered(case, "teknis-1", "@laik status").split("Untuk ")[1]
    assert "Langkah yang terbuka: 1 (tulis). Langkah ini selesai sendiri" in answered(
        case, "teknis-1", "@laik status"
    )
    case = walk_to(small_case(), "amankan")
    del case.content["scan"]
    assert "Langkah yang terbuka: 3 (amankan). Belum dapat diputuskan" in answered(
        case, "teknis-1", "@laik status"
    )


def test_only_the_way_that_the_evidence_opens_is_told() -> None:
    case = agreed(branching_case())
    told = answered(case, "kabid", "@laik status")
    assert "@laik tersedia sumber-daya" in told
    assert "tidak-tersedia" not in told


def test_help_tells_the_lines_about_the_whole_case_too() -> None:
    told = answered(small_case(), "orang-lain", "@laik help")
    assert "@laik setuju naskah" in told
    for line in (
        "tarik kasus",
        "tunda kasus",
        "lanjut kasus",
        "buka kasus",
        "duplikat <kasus lain>",
        "monev",
    ):
        assert line in told
    assert ".." not in told


def test_a_withdrawn_case_offers_no_step() -> None:
    case = small_case()
    case.settle()
    case.says("kepala-diskominfo", "@laik tarik kasus tidak jadi")
    case.settle()
    told = answered(case, "teknis-1", "@laik status")
    assert "ditarik" in told
    assert "@laik setuju" not in told


@pytest.mark.parametrize("text", ["@laik setuju nasakah abcd", "@laik approve nashkah abcd"])
def test_a_mistyped_word_gets_the_nearest_one_and_the_line_of_now(text: str) -> None:
    told = answered(small_case(), "teknis-1", text)
    assert "Maksud Anda `@laik setuju naskah`?" in told
    assert "Langkah yang terbuka: `@laik setuju naskah" in told


def test_a_word_like_none_is_not_guessed_at() -> None:
    told = answered(lombok_case(), "kepala-dinkes", "@laik setuju xyzzy")
    assert "Maksud" not in told
    assert "`@laik setuju rencana`" in told


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("@laik tarik", "@laik tarik kasus <alasan>"),
        ("@laik withdraw proyek salah", "@laik tarik kasus <alasan>"),
        ("@laik tunda pekan-depan", "@laik tunda kasus <alasan>"),
        ("@laik buka lagi", "@laik buka kasus <alasan>"),
    ],
)
def test_a_verb_of_the_whole_case_is_answered_with_its_own_line(text: str, line: str) -> None:
    told = answered(small_case(), "kepala-diskominfo", text)
    assert f"Tulis seperti ini: `{line}`" in told
    assert "Semua perintah" not in told


def test_a_suspension_that_no_command_ends_does_not_ask_for_that_command() -> None:
    case = standing_still("periksa:detour", "sediakan:detour")
    told = answered(case, "kabid", "@laik lanjut laporan abcd")
    assert "Lanjutkan dengan" not in told
    assert "begitu yang dinilai langkah sebelumnya diperbaiki" in told
    case.content["ketersediaan"] = "ada"
    case.settle()
    assert case.open_step == "sediakan"


def test_a_suspension_that_the_region_ends_by_command_asks_for_it() -> None:
    case = standing_still("sediakan:detour", "lapor:resumed")
    assert "Lanjutkan dengan `@laik lanjut laporan" in answered(case, "kabid", "@laik ajukan laporan abcd")


@pytest.mark.parametrize(("since", "until"), [(-9, -1), (1, 9)])
def test_an_acting_official_out_of_term_is_told_the_term(since: int, until: int) -> None:
    case = branching_case()
    day = case.now.date()
    first, last = day + timedelta(days=since), day + timedelta(days=until)
    case.acting = (Acting("kabid", "Sekretaris", "plh", first, last),)
    case.settle()
    line = next(one for one in case.card().splitlines() if one.startswith("@laik lengkap"))
    told = answered(case, "sekretaris", line)
    assert f"sebagai Plh. Kabid berlaku {indonesian_date(first)} sampai {indonesian_date(last)}" in told
    assert "di luar masa itu" in told
    assert "Bila Anda memegangnya" in answered(case, "orang-lain", line)


def test_what_decides_the_way_cannot_be_waived_and_the_answer_says_so() -> None:
    case = agreed(branching_case(ketersediaan="tidak ada"))
    case.settle()
    code = case.card().split("@laik tidak-tersedia sumber-daya ")[1].split()[0]
    line = f"@laik kecualikan sumber-daya {code} tersedia sampai 2026-03-09 mendesak"
    assert "`tersedia` menentukan cabang langkah ini" in answered(case, "kepala-diskominfo", line)
    assert "Untuk memutuskan masih diperlukan:\n" in case.card()


@pytest.mark.parametrize("word", sorted({verb.english for verb in VERBS.values()}))
def test_every_english_alias_is_read_as_its_indonesian_verb(word: str) -> None:
    case = small_case()
    act = case.says("teknis-1", f"@laik {word.replace('_', '-')} naskah abcd")
    assert [one.command.known for one in case.acts() if one.id == act] == [True]
    assert "tidak dikenal" not in answered(case, "teknis-1", f"@laik {word.replace('_', '-')} naskah abcd")
