"""The request form: its fields, how it looks on each forge, and its sections as filed.

:data:`FIELDS` is the one source. GitHub renders an issue form as ``### Label`` with the value below; the
GitLab template writes the same headings, so one reader serves both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

MAX_BODY = 60_000  # characters; GitHub itself stops at 65,536
RECOGNISED = 3  # known headings that make an issue a request

Kind = Literal["choice", "line", "text"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the form.

    Attributes:
        id: the field's name in laik and in the GitHub form.
        label: the heading people see; sections are found by it.
        kind: one of ``options``, one line, or several lines.
        hint: what to fill in.
        options: what the form offers; what is accepted may be narrower (the organisation's policy).
        required: whether it may be left empty by none; a SOP may want more (see ``BUDGET``).
        limit: characters at most.
    """

    id: str
    label: str
    kind: Kind
    hint: str
    options: tuple[str, ...] = ()
    required: bool = True
    limit: int = 200


KINDS = ("bantuan_teknis", "undangan_rapat", "pembangunan", "pengembangan", "integrasi")
"""All kinds of request that any SOP knows; which of them hold is data of the SOP (``request.kinds``)."""

FIELDS: tuple[Field, ...] = (
    Field(
        "jenis_permohonan",
        "Jenis permohonan",
        "choice",
        "bantuan_teknis: meminta anggota Tim Teknis; undangan_rapat: mengundang pembahasan rencana; "
        "pembangunan, pengembangan, integrasi: mengusulkan aplikasi. Yang berlaku ditentukan SOP-nya.",
        options=KINDS,
    ),
    Field(
        "perangkat_daerah",
        "Perangkat daerah",
        "line",
        "Kunci atau nama perangkat daerah pemohon, seperti terdaftar pada kebijakan.",
    ),
    Field(
        "nama_aplikasi",
        "Nama aplikasi",
        "line",
        "Huruf, angka, spasi, dan tanda . + - _ saja.",
        limit=80,
    ),
    Field(
        "slug",
        "Nama pendek (slug)",
        "line",
        "Huruf kecil, angka, dan tanda hubung; kosongkan untuk diturunkan dari nama aplikasi.",
        required=False,
        limit=40,
    ),
    Field("ringkasan", "Ringkasan", "text", "Masalah apa yang diselesaikan, untuk siapa.", limit=4000),
    Field(
        "sop",
        "SOP",
        "choice",
        "SOP yang diikuti.",
        options=("lombok-tengah", "bolmut", "bali", "muara-enim-mandiri", "muara-enim-pengembang"),
    ),
    Field(
        "templat",
        "Templat",
        "choice",
        "Kerangka repositori aplikasi.",
        options=("php-laravel", "base"),
    ),
    Field(
        "dpa_nomor",
        "Nomor DPA",
        "line",
        "Nomor Dokumen Pelaksanaan Anggaran, bila SOP-nya untuk kegiatan yang sudah dianggarkan.",
        required=False,
        limit=100,
    ),
    Field(
        "dpa_tahun",
        "Tahun DPA",
        "line",
        "Empat angka, misalnya 2026; seperti Nomor DPA.",
        required=False,
        limit=4,
    ),
    Field(
        "dpa_pagu",
        "Pagu DPA (rupiah)",
        "line",
        "Misalnya 150.000.000; seperti Nomor DPA.",
        required=False,
        limit=40,
    ),
    Field(
        "penanggung_jawab",
        "Penanggung jawab (jabatan)",
        "line",
        "Jabatannya saja, misalnya Kepala Bidang Pelayanan; nama orang tidak diperlukan.",
        limit=150,
    ),
    Field(
        "aplikasi_sejenis",
        "Aplikasi sejenis",
        "text",
        "Aplikasi serupa yang sudah ada, bila tahu.",
        required=False,
        limit=4000,
    ),
)


BUDGET = ("dpa_nomor", "dpa_tahun", "dpa_pagu")
"""Fields that a SOP for budgeted activities wants (``request.budget``)."""


@dataclass(frozen=True, slots=True)
class Section:
    """One field as filed: ``line`` of its heading (from 1), ``value`` stripped, ``times`` it stands there."""

    line: int
    value: str
    times: int = 1


def looks_like_request(body: str) -> bool:
    """Whether an issue is a request at all: at least three of the form's headings."""
    return len(sections(body)) >= RECOGNISED


def sections(body: str) -> Mapping[str, Section]:
    """The form's sections as filed, by field id; what is not there is left out.

    Markdown is parsed, so a heading inside a code block or HTML comment is no heading. A heading that
    stands twice is counted, for only the form may say where a field begins: text of a field must not be
    able to open another one.
    """
    lines = body[:MAX_BODY].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    tokens = MarkdownIt("commonmark").parse("\n".join(lines))
    found: dict[str, Section] = {}
    starts = _headings(tokens)
    hidden = _comment_lines(tokens)
    ends = [*(first for _, first, _ in starts[1:]), len(lines)]
    for (field, first, after), end in zip(starts, ends, strict=False):
        kept = [lines[index] for index in range(after, end) if index not in hidden]
        earlier = found.get(field)
        times = earlier.times + 1 if earlier else 1
        found[field] = Section(first + 1, _answer("\n".join(kept)), times)
    return found


def gitlab_template() -> str:
    """The issue template for GitLab (``.gitlab/issue_templates/permohonan.md``)."""
    blocks = []
    for field in FIELDS:
        hint = field.hint + ("" if field.required else " (boleh kosong)")
        if field.options:
            hint += f" Pilih satu: {', '.join(field.options)}."
        blocks.append(f"### {field.label}\n\n<!-- {hint} -->\n\n")
    return "".join(blocks)


def github_form() -> str:
    """The issue form for GitHub (``.github/ISSUE_TEMPLATE/permohonan.yml``), as YAML.

    Source: docs.github.com/communities/using-templates-to-encourage-useful-issues-and-pull-requests/
    syntax-for-githubs-form-schema. GitHub renders each answer below ``### <label>``, an empty one as
    ``_No response_``, so :func:`sections` reads it like the GitLab template.
    """
    return _FORM_HEAD + "".join(_form_block(field) for field in FIELDS)


_FORM_HEAD = """\
name: "Permohonan pengembangan aplikasi"
description: "Mengajukan pembangunan atau pengembangan aplikasi menurut SOP."
title: "Permohonan: "
labels: ["permohonan"]
body:
  - type: markdown
    attributes:
      value: "Isi semua kolom. laik membalas dengan satu kartu: diterima, atau butir yang masih kurang. \
Jangan menulis nama orang, NIP, atau nomor telepon di sini."
"""
_FORM_TYPES: Mapping[Kind, str] = {"choice": "dropdown", "line": "input", "text": "textarea"}


def _form_block(field: Field) -> str:
    options = f"      options: [{', '.join(field.options)}]\n" if field.options else ""
    return (
        f"  - type: {_FORM_TYPES[field.kind]}\n"
        f"    id: {field.id}\n"
        "    attributes:\n"
        f"      label: {json.dumps(field.label, ensure_ascii=False)}\n"
        f"      description: {json.dumps(field.hint, ensure_ascii=False)}\n"
        f"{options}"
        "    validations:\n"
        f"      required: {str(field.required).lower()}\n"
    )


def _headings(tokens: Sequence[Token]) -> list[tuple[str, int, int]]:
    """Known headings in order: (field id, first line index, line index after)."""
    by_label = {_folded(field.label): field.id for field in FIELDS}
    found = []
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.markup == "###" and token.level == 0 and token.map:
            field = by_label.get(_folded(tokens[index + 1].content))
            if field:
                found.append((field, token.map[0], token.map[1]))
    return found


def _comment_lines(tokens: Sequence[Token]) -> frozenset[int]:
    """Lines of HTML comments: the hints that a GitLab template leaves behind."""
    ranges = [
        range(*token.map)
        for token in tokens
        if token.type == "html_block" and token.map and token.content.lstrip().startswith("<!--")
    ]
    return frozenset(index for one in ranges for index in one)


_NOTHING = frozenset({"_no response_", "_tidak ada jawaban_", "isi di sini", "none", "-"})


def _answer(value: str) -> str:
    stripped = value.strip()
    return "" if stripped.casefold() in _NOTHING else stripped


def _folded(label: str) -> str:
    return " ".join(label.casefold().split())
