"""A request for an application, read from the issue as filed (SOP step 1).

All fields that are missing or wrong are named at once. Values are hostile text: what becomes a name or
path is held to a narrow alphabet (no ``../``, Jinja, HTML or slash gets in); what stays prose is limited
and free of control characters, and made inert by the output port when shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from automation.core.policy import digest_of
from automation.core.procedure import RequestRule
from automation.core.requestform import (
    BUDGET,
    FIELDS,
    KINDS,
    MAX_BODY,
    Field,
    Section,
    github_form,
    gitlab_template,
    looks_like_request,
    sections,
)
from automation.core.requestvalues import READERS, Choices, Wrong, derived_slug, no_choice
from automation.core.text import Bilingual

__all__ = [
    "FIELDS",
    "Field",
    "FieldProblem",
    "Request",
    "RequestReading",
    "github_form",
    "gitlab_template",
    "looks_like_request",
    "parse_request",
]


@dataclass(frozen=True, slots=True)
class Request:
    """A complete request.

    Attributes:
        judul: the issue's title, one line, raw.
        jenis_permohonan: one of the kinds that the SOP's first step names.
        perangkat_daerah: the agency's key in the policy.
        nama_aplikasi: at most 80 letters, digits, spaces and ``. + - _``.
        slug: a DNS label, the name of the application's repository.
        ringkasan: prose of several lines, raw.
        sop: a procedure's id that the policy allows.
        templat: a template's id that the policy allows.
        dpa_nomor: number of the budget document, only recorded; empty where the SOP asks for none.
        dpa_tahun: its year, 0 where there is none.
        dpa_pagu: its ceiling in whole rupiah, 0 where there is none.
        penanggung_jawab: an office, no person.
        aplikasi_sejenis: prose, may be empty, raw.
    """

    judul: str
    jenis_permohonan: str
    perangkat_daerah: str
    nama_aplikasi: str
    slug: str
    ringkasan: str
    sop: str
    templat: str
    dpa_nomor: str
    dpa_tahun: int
    dpa_pagu: int
    penanggung_jawab: str
    aplikasi_sejenis: str = ""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One field that is missing or wrong. ``line`` is its heading's in the issue, 0 when not there.

    ``message`` may hold request text, raw; the output port escapes it.
    """

    field: str
    label: str
    line: int
    message: Bilingual
    remedy: Bilingual


@dataclass(frozen=True, slots=True)
class RequestReading:
    """What a form says.

    Attributes:
        request: None as soon as there is any problem.
        problems: every missing or wrong field, in the form's order.
        digest: hex SHA-256 of all values as filed; the same content gives the same digest.
        agency: the agency's key in the policy, empty while unknown.
    """

    request: Request | None
    problems: tuple[FieldProblem, ...]
    digest: str
    agency: str


def parse_request(
    title: str,
    body: str,
    *,
    agencies: Mapping[str, str],
    procedures: Mapping[str, RequestRule],
    templates: tuple[str, ...],
) -> RequestReading:
    """The request form in an issue.

    Args:
        title: the issue's title.
        body: its text, as GitHub's form or the GitLab template gives it.
        agencies: names of the agencies by key, from the policy.
        procedures: what each SOP that may be asked for wants of a request, by its id.
        templates: ids of the templates that may be asked for.
    """
    filed = sections(body)
    choices = Choices(agencies, tuple(procedures), templates)
    rule = procedures.get(
        filed["sop"].value if "sop" in filed else "", RequestRule(budget=False, kinds=KINDS)
    )
    values: dict[str, object] = {}
    problems: list[FieldProblem] = []
    for field in FIELDS:
        section = filed.get(field.id, Section(0, ""))
        try:
            values[field.id] = _read(_wanted(field, rule), section, choices, values)
            _hold_to(rule, field, values[field.id])
        except Wrong as wrong:
            problems.append(FieldProblem(field.id, field.label, section.line, wrong.message, wrong.remedy))
    problems += _too_long(body)
    title_line = " ".join(_CONTROL.sub(" ", title).split())[:255]
    request = None if problems else Request(judul=title_line, **values)  # type: ignore[arg-type]
    return RequestReading(
        request=request,
        problems=tuple(problems),
        digest=digest_of({key: _encodable(section.value) for key, section in filed.items()}),
        agency=str(values.get("perangkat_daerah", "")),
    )


def _wanted(field: Field, rule: RequestRule) -> Field:
    """The field as the SOP asked for wants it filled."""
    return replace(field, required=True) if rule.budget and field.id in BUDGET else field


def _hold_to(rule: RequestRule, field: Field, value: object) -> None:
    """The kind of request is one that the SOP's first step names."""
    if field.id == "jenis_permohonan" and value not in rule.kinds:
        raise no_choice(str(value), rule.kinds)


def _encodable(value: str) -> str:
    """Lone surrogates, which JSON can carry and no encoding can, written out: the digest must not fail."""
    return value.encode("utf-8", "backslashreplace").decode()


def _too_long(body: str) -> Iterator[FieldProblem]:
    if len(body) > MAX_BODY:
        yield FieldProblem(
            "formulir",
            "Formulir",
            1,
            Bilingual(
                f"Isi issue terlalu panjang: {len(body)} karakter, paling banyak {MAX_BODY}.",
                f"The issue is too long: {len(body)} characters, at most {MAX_BODY}.",
            ),
            Bilingual(
                "Ringkaskan; lampirkan sisanya sebagai berkas.", "Shorten it; attach the rest as files."
            ),
        )


# Beside the control characters: separators and overrides that make a text read otherwise than written.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _read(field: Field, section: Section, choices: Choices, values: Mapping[str, object]) -> object:
    value = section.value
    if section.times > 1:
        raise Wrong(
            Bilingual(
                f"judul isian ini muncul {section.times} kali, jadi isinya tidak pasti.",
                f"this heading stands {section.times} times, so its value is uncertain.",
            ),
            Bilingual(f"Sisakan satu judul '{field.label}'.", f"Leave one heading '{field.label}'."),
        )
    _refuse_form(field, value)
    if not value and field.id == "slug":
        return derived_slug(str(values.get("nama_aplikasi", "")))
    if not value and field.required:
        raise Wrong(
            Bilingual("belum diisi.", "is missing."),
            Bilingual(
                f"Isi di bawah judul '### {field.label}': {field.hint}",
                f"Fill it in below the heading '### {field.label}'.",
            ),
        )
    reader = READERS.get(field.id)
    if not value and field.id in NUMBERS:
        return 0
    return reader(value, choices) if reader and value else value


NUMBERS = frozenset({"dpa_tahun", "dpa_pagu"})
"""Fields read as numbers; left empty they are 0."""


def _refuse_form(field: Field, value: str) -> None:
    """Length, control characters and line breaks, the same for all fields."""
    if len(value) > field.limit:
        raise Wrong(
            Bilingual(
                f"terlalu panjang: {len(value)} karakter, paling banyak {field.limit}.",
                f"is too long: {len(value)} characters, at most {field.limit}.",
            ),
            Bilingual("Ringkaskan.", "Shorten it."),
        )
    if _CONTROL.search(value):
        raise Wrong(
            Bilingual("memuat karakter kendali.", "holds control characters."),
            Bilingual("Ketik ulang isinya sebagai teks biasa.", "Type it anew as plain text."),
        )
    if field.kind != "text" and "\n" in value:
        raise Wrong(
            Bilingual("harus satu baris.", "must be one line."),
            Bilingual("Tulis satu baris saja.", "Write one line only."),
        )
