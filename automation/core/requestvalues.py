"""The values of the request form, one reader each: text in, value out, or what is wrong and what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from automation.core.requestform import KINDS
from automation.core.text import Bilingual


@dataclass(frozen=True, slots=True)
class Choices:
    """What the organisation's policy lets people ask for."""

    agencies: Mapping[str, str]
    procedures: tuple[str, ...]
    templates: tuple[str, ...]


class Wrong(Exception):
    """A value is wrong: what, and what to do."""

    def __init__(self, message: Bilingual, remedy: Bilingual) -> None:
        self.message = message
        self.remedy = remedy
        super().__init__(message.id)


def no_choice(value: str, offered: Mapping[str, str] | tuple[str, ...]) -> Wrong:
    """A value that is none of those offered."""
    listing = ", ".join(list(offered)[:20])
    return Wrong(
        Bilingual(f"'{value[:60]}' tidak dikenal.", f"'{value[:60]}' is unknown."),
        Bilingual(f"Pilih salah satu: {listing}.", f"Choose one of: {listing}."),
    )


def _kind(value: str, _: Choices) -> str:
    word = "_".join(value.casefold().replace("-", " ").replace("_", " ").split())
    if word not in KINDS:
        raise no_choice(value, KINDS)
    return word


def _agency(value: str, choices: Choices) -> str:
    wanted = " ".join(value.casefold().split())
    for key, name in choices.agencies.items():
        if wanted in {key.casefold(), " ".join(name.casefold().split())}:
            return key
    raise no_choice(value, choices.agencies)


def _procedure(value: str, choices: Choices) -> str:
    if value not in choices.procedures:
        raise no_choice(value, choices.procedures)
    return value


def _template(value: str, choices: Choices) -> str:
    if value not in choices.templates:
        raise no_choice(value, choices.templates)
    return value


# What GitLab takes for a project's name, without symbols: it becomes one.
_APPLICATION = re.compile(r"[^\W_][\w .+-]*")


def _application(value: str, _: Choices) -> str:
    name = " ".join(unicodedata.normalize("NFC", value).split())
    if not _APPLICATION.fullmatch(name) or ".." in name:
        raise Wrong(
            Bilingual("memuat tanda yang tidak diterima.", "holds signs that are not accepted."),
            Bilingual(
                "Pakai huruf, angka, spasi, dan tanda . + - _ saja, diawali huruf atau angka.",
                "Use letters, digits, spaces and . + - _ only, beginning with a letter or digit.",
            ),
        )
    return name


_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
# Project paths that GitLab keeps for itself (docs.gitlab.com/user/reserved_names/).
_RESERVED = frozenset(
    {
        *(
            "badges",
            "blame",
            "blob",
            "builds",
            "commits",
            "create",
            "create_dir",
            "edit",
            "files",
            "find_file",
        ),
        *("import", "new", "preview", "raw", "refs", "tree", "update", "wikis"),
    }
)


# What a case file is called. Where case files and applications share one organisation (GitHub), an
# application of that name would take the place of a case file to come.
_CASE_FILE = re.compile(r"[a-z]{2}-[0-9]{4}-[0-9]{4,}")


def _is_taken(slug: str) -> bool:
    return slug in _RESERVED or _CASE_FILE.fullmatch(slug) is not None


def _slug(value: str, _: Choices) -> str:
    if not value:
        return value
    if not _SLUG.fullmatch(value) or _is_taken(value):
        raise Wrong(
            Bilingual(f"'{value[:60]}' tidak dapat dipakai.", f"'{value[:60]}' cannot be used."),
            Bilingual(
                "Pakai huruf kecil, angka, dan tanda hubung tunggal, diawali huruf; misalnya e-surat.",
                "Use lower-case letters, digits and single hyphens, beginning with a letter; say e-surat.",
            ),
        )
    return value


def derived_slug(name: str) -> str:
    """A slug from the application's name; a name without letters or digits needs one to be given."""
    plain = unicodedata.normalize("NFKD", name[:200]).encode("ascii", "ignore").decode().casefold()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).lstrip("-0123456789")[:40].strip("-")
    if name and (not slug or _is_taken(slug)):
        raise Wrong(
            Bilingual("tidak dapat diturunkan dari nama aplikasi.", "cannot be derived from the name."),
            Bilingual("Isi sendiri, misalnya e-surat.", "Fill it in, say e-surat."),
        )
    return slug


_BUDGET_NUMBER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 /_-]|\.(?!\.))*")


def _budget_number(value: str, _: Choices) -> str:
    if not _BUDGET_NUMBER.fullmatch(value):
        raise Wrong(
            Bilingual("bukan nomor dokumen.", "is no document number."),
            Bilingual("Pakai huruf, angka, dan tanda . / - saja.", "Use letters, digits and . / - only."),
        )
    return value


def _year(value: str, _: Choices) -> int:
    if not re.fullmatch(r"20[0-9]{2}", value):
        raise Wrong(
            Bilingual(f"'{value}' bukan tahun.", f"'{value}' is no year."),
            Bilingual("Tulis empat angka, misalnya 2026.", "Write four digits, say 2026."),
        )
    return int(value)


_RUPIAH = re.compile(r"(?:rp\.? ?)?([0-9]{1,3}(?:\.[0-9]{3}){1,4}|[0-9]{1,15})(?:,(?:00|-))?", re.IGNORECASE)


def _rupiah(value: str, _: Choices) -> int:
    found = _RUPIAH.fullmatch(value)
    amount = int(found[1].replace(".", "")) if found else 0
    if amount <= 0:
        raise Wrong(
            Bilingual(f"'{value}' bukan jumlah rupiah.", f"'{value}' is no amount of rupiah."),
            Bilingual("Tulis seperti 150.000.000.", "Write it like 150.000.000."),
        )
    return amount


READERS: Mapping[str, Callable[[str, Choices], object]] = {
    "jenis_permohonan": _kind,
    "perangkat_daerah": _agency,
    "nama_aplikasi": _application,
    "slug": _slug,
    "sop": _procedure,
    "templat": _template,
    "dpa_nomor": _budget_number,
    "dpa_tahun": _year,
    "dpa_pagu": _rupiah,
}
"""The reader of each field; a field without one is plain prose."""
