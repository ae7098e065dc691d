"""Other regions' names in a SOP: what was left standing when a neighbour's SOP was copied.

Only names of the same level count: a regency's SOP may well name its province. What laik itself wrote about
the source (errata, notes, open questions) is not searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from automation.core.procedure_flow import Problem
from automation.core.procedure_model import Procedure
from automation.core.text import Bilingual

_LEVELS: Mapping[str, str] = {
    "kabupaten": "kabupaten",
    "kab.": "kabupaten",
    "pemkab": "kabupaten",
    "kota": "kabupaten",  # regencies and cities are one level: each has its own SOPs
    "pemkot": "kabupaten",
    "provinsi": "provinsi",
    "pemprov": "provinsi",
}
_NAMED = re.compile(
    r"\b(Kabupaten|Kab\.|Pemkab|Kota|Pemkot|Provinsi|Pemprov)\s+([A-Z][a-z]+(?:\s+[A-Z][a-z]+){0,3})"
)
_NO_NAME = re.compile(
    r"\b(?:Nomor|No|Tahun|Tentang|Tanggal|Kabupaten|Kota|Provinsi|Dinas|Badan|Bagian|Sekretariat|Pemerintah"
    r"|Peraturan|Standar|Administrasi)\b"
)
_OURS = frozenset({"errata", "open_questions", "notes", "note"})


def foreign_regions(procedure: Procedure) -> Iterator[Problem]:
    """Names of regions of the government's own level that are not its own, each with its place."""
    own = dict(_regions(procedure.identity.government))
    for place, text in _texts(procedure.model_dump(mode="json"), ""):
        for level, name in dict.fromkeys(_regions(text)):
            home = own.get(level)
            if home is not None and name != home and not name.startswith(f"{home} "):
                yield place, _told(name, home)


def _regions(text: str) -> Iterator[tuple[str, str]]:
    for word, after in _NAMED.findall(text):
        name = _NO_NAME.split(after)[0].strip()
        if name:
            yield _LEVELS[word.casefold()], name


def _texts(value: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
        return
    parts: Sequence[tuple[object, object]] = ()
    if isinstance(value, Mapping):
        parts = [(key, one) for key, one in value.items() if key not in _OURS]
    elif isinstance(value, list):
        parts = list(enumerate(value))
    for key, one in parts:
        yield from _texts(one, f"{place}.{key}" if place else str(key))


def _told(name: str, home: str) -> Bilingual:
    return Bilingual(
        f"Menyebut '{name}', padahal SOP ini milik '{home}'; mungkin salinan SOP daerah lain."
        " Perbaiki pada SOP yang disahkan berikutnya; laik tidak mengambil nama atau domain dari teks ini.",
        f"Names '{name}', though this is the SOP of '{home}'; perhaps copied from another region."
        " Mend it in the next SOP that is legalised; laik takes no name or domain from this text.",
    )
