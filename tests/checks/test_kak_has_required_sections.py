from __future__ import annotations

import pytest

from automation.core.finding import Outcome
from checks._kak import KAK_SECTIONS
from tests.checks.worlds import judged, keys, outcomes, sections, world

ID = "kak_has_required_sections"
TITLES = [one.titles[0] for one in KAK_SECTIONS]
FILLED = sections(*TITLES)


def findings_for(text: str | bytes):
    return judged(ID, world({"kak/kak.md": text}))


def test_a_kak_with_all_sections_filled_passes():
    assert outcomes(findings_for(FILLED)) == {Outcome.PASS}


@pytest.mark.parametrize("section", KAK_SECTIONS, ids=lambda section: section.key)
def test_each_section_left_out_is_named(section):
    text = sections(*[title for title in TITLES if title != section.titles[0]])
    assert keys(findings_for(text)) == {section.key}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ISI DI SINI",
        "isi   di\nsini dengan uraian yang cukup panjang untuk bagian ini",
        "Pembuka yang cukup panjang dan wajar.\n\nISI DI SINI",
        "....................................",
        "TBD TBD TBD TBD TBD TBD TBD TBD TBD",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "isi isi isi isi isi isi isi isi isi isi isi",
        "<!-- petunjuk panjang yang hanya terlihat di sumber berkas ini -->",
        "[//]: # (petunjuk panjang yang tidak pernah terlihat pembaca)",
        "<script>var petunjuk = 'panjang sekali dan tak terlihat';</script>",
        "\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b\u200b",
        "### Sub judul yang panjang sekali tanpa isi\n\n### Sub judul lain tanpa isi juga",
    ],
)
def test_text_that_says_nothing_does_not_fill_a_section(text):
    body = FILLED.replace(
        "## Sasaran\n\nIsi bagian ini ditulis lengkap oleh tim yang bertugas.", f"## Sasaran\n\n{text}"
    )
    assert keys(findings_for(body)) == {"sasaran"}


def test_a_finding_names_the_line_of_the_heading():
    body = FILLED.replace("Isi bagian ini ditulis lengkap oleh tim yang bertugas.", "", 1)
    (finding,) = findings_for(body)
    assert (finding.where.file, finding.where.line, finding.key) == ("kak/kak.md", 3, "latar_belakang")


def test_other_usual_headings_mean_the_same_section():
    body = FILLED.replace("## Maksud dan Tujuan", "## II. MAKSUD & TUJUAN").replace(
        "## Jadwal", "## Jangka Waktu Pelaksanaan"
    )
    assert outcomes(findings_for(body)) == {Outcome.PASS}


def test_content_under_sub_headings_and_in_tables_counts():
    body = FILLED.replace(
        "## Anggaran\n\nIsi bagian ini ditulis lengkap oleh tim yang bertugas.",
        "## Anggaran\n\n### A\n\n| Uraian | Jumlah |\n|--|--|\n| Pembuatan layanan | Rp 150.000.000 |\n",
    )
    assert outcomes(findings_for(body)) == {Outcome.PASS}


def test_a_heading_inside_a_quote_is_no_section():
    body = FILLED.replace("## Sasaran", "> ## Sasaran")
    assert keys(findings_for(body)) == {"sasaran"}


def test_a_file_of_fifty_megabytes_is_refused_with_one_message():
    (finding,) = findings_for(b"x" * 50_000_000)
    assert finding.outcome is Outcome.FAIL
    assert "50000000" in finding.seen.id
