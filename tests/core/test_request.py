from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.core.procedure import RequestRule
from automation.core.request import (
    FIELDS,
    RequestReading,
    github_form,
    gitlab_template,
    looks_like_request,
    parse_request,
)
from automation.core.requestform import BUDGET
from automation.core.yamltext import load_mapping

ROOT = Path(__file__).parents[2]
LABELS = {field.id: field.label for field in FIELDS}
SOUND = {
    "jenis_permohonan": "bantuan_teknis",
    "perangkat_daerah": "dinkes",
    "nama_aplikasi": "Antrean Puskesmas",
    "slug": "",
    "ringkasan": "Antrean daring.\n\nUntuk semua puskesmas.",
    "sop": "lombok-tengah",
    "templat": "php-laravel",
    "dpa_nomor": "DPA/1.02.01/2026",
    "dpa_tahun": "2026",
    "dpa_pagu": "Rp 150.000.000,00",
    "penanggung_jawab": "Kepala Bidang Pelayanan",
    "aplikasi_sejenis": "",
}


RULES = {
    "lombok-tengah": RequestRule(kinds=("bantuan_teknis", "undangan_rapat"), budget=True),
    "bali": RequestRule(kinds=("pembangunan", "pengembangan", "integrasi")),
}


def form(**changed: str | None) -> str:
    """An issue body as GitHub renders it; None leaves a field out."""
    values: dict[str, str | None] = {**SOUND, **changed}
    return "\n\n".join(
        f"### {LABELS[key]}\n\n{value or '_No response_'}"
        for key, value in values.items()
        if value is not None
    )


def read(body: str, title: str = "Permohonan: Antrean") -> RequestReading:
    return parse_request(
        title,
        body,
        agencies={"dinkes": "Dinas Kesehatan", "diskominfo": "Dinas Kominfo"},
        procedures=RULES,
        templates=("base", "php-laravel"),
    )


def wrong(**changed: str | None) -> list[str]:
    reading = read(form(**changed))
    assert reading.request is None or not reading.problems
    return [problem.field for problem in reading.problems]


def test_a_complete_form_is_a_request() -> None:
    reading = read(form())
    request = reading.request
    assert reading.problems == ()
    assert request is not None
    assert reading.agency == request.perangkat_daerah == "dinkes"
    assert (request.slug, request.dpa_tahun, request.dpa_pagu) == ("antrean-puskesmas", 2026, 150_000_000)
    assert request.ringkasan == "Antrean daring.\n\nUntuk semua puskesmas."
    assert request.aplikasi_sejenis == ""


def test_an_agency_may_be_named_by_its_name() -> None:
    assert read(form(perangkat_daerah="dinas  KESEHATAN")).agency == "dinkes"


def test_windows_line_ends_change_nothing() -> None:
    assert read(form().replace("\n", "\r\n")) == read(form())


def test_all_missing_fields_are_named_at_once() -> None:
    problems = read("### SOP\n\nlombok-tengah\n").problems
    required = [one.id for one in FIELDS if (one.required or one.id in BUDGET) and one.id != "sop"]
    assert [problem.field for problem in problems] == required
    assert all(problem.message.id and problem.message.en and problem.remedy.id for problem in problems)


def test_a_problem_names_the_line_of_its_heading() -> None:
    body = form(dpa_tahun="duaribu")
    (problem,) = read(body).problems
    assert body.split("\n")[problem.line - 1] == "### Tahun DPA"
    assert problem.label == "Tahun DPA"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("jenis_permohonan", "hadiah"),
        ("perangkat_daerah", "dinas-lain"),
        ("perangkat_daerah", "../dinkes"),
        ("nama_aplikasi", "{{ config }}"),
        ("nama_aplikasi", "{% raw %}"),
        ("nama_aplikasi", "/approve"),
        ("nama_aplikasi", "../etc"),
        ("nama_aplikasi", "a..b"),
        ("nama_aplikasi", "<script>alert(1)</script>"),
        ("nama_aplikasi", "<!-- laik -->x"),
        ("nama_aplikasi", "Halo @all"),
        ("nama_aplikasi", "satu\ndua"),
        ("nama_aplikasi", "a\u202eb"),
        ("nama_aplikasi", "a\x00b"),
        ("nama_aplikasi", "a" * 81),
        ("slug", "../antrean"),
        ("slug", "Antrean"),
        ("slug", "-a"),
        ("slug", "a--b"),
        ("slug", "1a"),
        ("slug", "a" * 41),
        ("slug", "tree"),
        ("slug", "a.git"),
        ("slug", "pa-2026-0007"),
        ("ringkasan", "a\x1b[2Jb"),
        ("ringkasan", "a\ud800b"),
        ("ringkasan", "a" * 4001),
        ("sop", "lain"),
        ("templat", "../base"),
        ("dpa_nomor", "../../etc"),
        ("dpa_nomor", "$(id)"),
        ("dpa_tahun", "26"),
        ("dpa_tahun", "٢٠٢٦"),
        ("dpa_pagu", "0"),
        ("dpa_pagu", "-5"),
        ("dpa_pagu", "banyak"),
        ("dpa_pagu", "9" * 30),
        ("penanggung_jawab", "a" * 151),
    ],
)
def test_a_wrong_value_is_named_and_nothing_else(field: str, value: str) -> None:
    assert wrong(**{field: value}) == [field]


@pytest.mark.parametrize(
    "value", ["/approve", "@all {{ 7*7 }} <b>x</b>", "baris\n/close\n> kutipan", "../.."]
)
def test_hostile_prose_is_kept_as_it_is(value: str) -> None:
    request = read(form(ringkasan=value)).request
    assert request is not None
    assert request.ringkasan == value


@pytest.mark.parametrize(
    ("text", "amount"),
    [("150000000", 150_000_000), ("Rp150.000.000", 150_000_000), ("rp. 1.500,-", 1500), ("500", 500)],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: int) -> None:
    request = read(form(dpa_pagu=text)).request
    assert request is not None
    assert request.dpa_pagu == amount


@pytest.mark.parametrize(
    ("name", "slug"),
    [("e-Surat 2.0", "e-surat-2-0"), ("Présensi", "presensi"), ("3 Sehat", "sehat"), ("a" * 60, "a" * 40)],
)
def test_a_slug_is_derived_from_the_name(name: str, slug: str) -> None:
    request = read(form(nama_aplikasi=name)).request
    assert request is not None
    assert request.slug == slug


def test_a_name_that_gives_no_slug_asks_for_one() -> None:
    assert wrong(nama_aplikasi="антрян") == ["slug"]
    assert wrong(nama_aplikasi="антрян", slug="antrean") == []


def test_a_field_smuggled_in_by_another_fields_text_is_refused_not_chosen() -> None:
    assert wrong(ringkasan="teks\n\n### Perangkat daerah\n\ndiskominfo") == ["perangkat_daerah"]


def test_headings_in_code_or_comments_are_no_fields() -> None:
    code = "```\n### Perangkat daerah\n\ndiskominfo\n```"
    request = read(form(ringkasan=code)).request
    assert request is not None
    assert (request.perangkat_daerah, request.ringkasan) == ("dinkes", code)


def test_an_unclosed_comment_hides_fields_and_so_they_are_missing() -> None:
    assert "sop" in wrong(ringkasan="<!-- awal")


def test_an_overlong_issue_is_refused_whole() -> None:
    assert "formulir" in wrong(aplikasi_sejenis="a" * 70_000)


def test_the_digest_follows_the_content() -> None:
    assert read(form()).digest == read(form()).digest
    assert read(form()).digest != read(form(ringkasan="lain")).digest
    assert read(form(), title="lain").digest == read(form()).digest


def test_an_ordinary_issue_is_no_request() -> None:
    assert looks_like_request(form())
    assert not looks_like_request("### SOP\n\n### Templat\n\nkesalahan pada halaman depan")
    assert not looks_like_request(
        "`### SOP`\n\n    ### Templat\n\n> ### Ringkasan\n\n```\n### Tahun DPA\n```"
    )


def test_an_untouched_gitlab_template_is_a_request_with_everything_missing() -> None:
    assert looks_like_request(gitlab_template())
    problems = read(gitlab_template()).problems
    assert [problem.field for problem in problems] == [field.id for field in FIELDS if field.required]


def test_a_filled_gitlab_template_is_a_request() -> None:
    body = gitlab_template()
    for key, value in SOUND.items():
        start = body.index(f"### {LABELS[key]}\n")
        end = body.index("-->", start) + 3
        body = f"{body[:end]}\n{value}{body[end:]}"
    assert read(body).request == read(form()).request


def test_the_github_form_and_the_fields_agree() -> None:
    path = ROOT / ".github/ISSUE_TEMPLATE/permohonan.yml"
    body = load_mapping(path.read_bytes(), path=path.name).data["body"]
    assert isinstance(body, list)
    shown = [block for block in body if block["type"] != "markdown"]
    kinds = {"dropdown": "choice", "input": "line", "textarea": "text"}
    assert [
        (
            block["id"],
            block["attributes"]["label"],
            kinds[block["type"]],
            block["attributes"]["description"],
            tuple(block["attributes"].get("options", ())),
            block["validations"]["required"],
        )
        for block in shown
    ] == [(one.id, one.label, one.kind, one.hint, one.options, one.required) for one in FIELDS]


def test_the_form_of_this_repository_is_the_generated_one() -> None:
    text = (ROOT / ".github/ISSUE_TEMPLATE/permohonan.yml").read_text()
    assert text.split("\n", 1)[1] == github_form()


# What people paste: prose beside Markdown that could open or swallow another field.
_PIECES = st.sampled_from(
    [
        *("\n", "\r\n", "```", "~~~", "<!--", "-->", "<pre>", "- ", "> ", "    ", "_No response_", "isi"),
        *(f"### {field.label}\n" for field in FIELDS),
        *("\n---\n", "\n===\n", "[a]: b", "\\", "`", "@laik setuju kak"),
    ]
)
_PASTED = st.one_of(st.text(max_size=40), st.lists(_PIECES, max_size=8).map("".join))


@given(st.fixed_dictionaries({"ringkasan": _PASTED, "aplikasi_sejenis": _PASTED}))
def test_the_github_form_reads_back_as_it_was_filled_or_not_at_all(filled: dict[str, str]) -> None:
    request = read(form(**filled)).request
    if request is None:
        return
    others = {key: getattr(request, key) for key in SOUND if key not in filled and key != "slug"}
    plain = read(form(ringkasan="isi", aplikasi_sejenis="")).request
    assert plain is not None
    assert others == {key: getattr(plain, key) for key in others}
    assert request.slug == plain.slug


@given(st.lists(st.text("abc xyz.,-\n*_'\"()éñ", max_size=30), max_size=4).map("\n\n".join))
def test_ordinary_prose_in_the_github_form_comes_back_word_for_word(prose: str) -> None:
    request = read(form(ringkasan=f"Warga: {prose}", aplikasi_sejenis=prose)).request
    assert request is not None
    assert request.ringkasan == f"Warga: {prose}".strip()
    assert request.aplikasi_sejenis == ("" if prose.strip() == "-" else prose.strip())


@given(
    st.dictionaries(st.sampled_from(sorted(SOUND)), st.text(max_size=60), max_size=12), st.text(max_size=30)
)
def test_any_content_gives_either_a_request_or_problems(changed: dict[str, str], title: str) -> None:
    reading = read(form(**changed), title=title)
    assert (reading.request is None) == bool(reading.problems)
    if reading.request:
        assert "/" not in reading.request.slug + reading.request.nama_aplikasi
        assert "\n" not in reading.request.judul


NO_BUDGET: dict[str, str | None] = {"dpa_nomor": None, "dpa_tahun": "", "dpa_pagu": ""}


def test_a_sop_for_budgeted_activities_wants_the_budget_document() -> None:
    assert wrong(**NO_BUDGET) == ["dpa_nomor", "dpa_tahun", "dpa_pagu"]


def test_another_sop_asks_for_no_budget_and_takes_one_that_is_given() -> None:
    asked = {"sop": "bali", "jenis_permohonan": "integrasi"}
    request = read(form(**asked, **NO_BUDGET)).request
    assert request is not None
    assert (request.dpa_nomor, request.dpa_tahun, request.dpa_pagu) == ("", 0, 0)
    assert read(form(**asked)).problems == ()
    assert wrong(**asked, dpa_tahun="26") == ["dpa_tahun"]


def test_the_kind_of_request_is_one_that_the_sop_names() -> None:
    assert wrong(sop="bali") == ["jenis_permohonan"]
    assert wrong(jenis_permohonan="integrasi") == ["jenis_permohonan"]
    assert wrong(sop="bali", jenis_permohonan="pengembangan") == []
    (problem,) = read(form(sop="bali")).problems
    assert "integrasi" in problem.remedy.id
    assert "undangan_rapat" not in problem.remedy.id
