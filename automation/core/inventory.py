"""The application inventory: ``inventaris/<slug>.yaml`` in the control project, one file an application.

What laik knows from its own records it writes; what only people know (kind, data, integrations) it leaves to
them, with an empty place where they have not filled it in. A file that exists is changed in place: people's
values, their comments and keys that laik does not know stay as they are (ruamel's round trip).

laik never writes to the control project's protected branch, which is where its own policy comes from: it
opens a merge request and people merge it, so that what lets laik write there cannot change what laik obeys.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from automation.core.errors import LaikError
from automation.core.nameterm import day_of
from automation.core.policy import digest_of
from automation.core.yamltext import load_mapping

FOLDER = "inventaris/"
FORMAT = "laik/inventaris/1"
EVERY_DAYS = 365
_FIRST_LINES = (
    "Inventaris aplikasi. Kunci sampai 'sha' ditulis laik dari catatannya; selebihnya diisi orang.\n"
    "Menegaskan ulang: ubah 'ditegaskan_pada' menjadi tanggal hari ini dengan merge request, setiap tahun."
)
_PEOPLES = (
    "urusan",
    "jenis",
    "tumpukan_teknologi",
    "basis_data",
    "integrasi",
    "kategori_sistem_elektronik",
    "data_pribadi",
    "versi",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What laik knows of one application; text from requests is hostile and only ever a YAML value."""

    slug: str
    nama: str
    perangkat_daerah: str
    penanggung_jawab: str
    fungsi: str
    kasus: str
    sop: str
    tahun: int
    status: str
    url: str
    lokasi_hosting: str
    sha: str

    @property
    def path(self) -> str:
        """The one path of its file."""
        return f"{FOLDER}{self.slug}.yaml"

    @property
    def own(self) -> Mapping[str, object]:
        """The keys that laik writes, in their order."""
        values: dict[str, object] = {"format": FORMAT}
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            values[name] = None if value == "" else value
        return values

    @property
    def digest(self) -> str:
        """By which it is known whether anything laik knows has changed."""
        return digest_of(dict(self.own))


class _Text:
    """What a writer of YAML needs of a stream, without being one: nothing is read or written here."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def write(self, part: str | bytes) -> None:
        """Keep one part; ruamel gives bytes to what is no text stream of Python's own."""
        self.parts.append(part.decode("utf-8") if isinstance(part, bytes) else part)


def written(before: bytes | None, facts: Facts, today: date) -> str | None:
    """The file as it should be; None where the one that is there cannot be read, which people must mend."""
    yaml = YAML(typ="rt")
    yaml.width, yaml.preserve_quotes = 100, True
    data = CommentedMap()
    if before is not None:
        try:
            load_mapping(before, path=facts.path)  # strict: no aliases, no second document
        except LaikError:
            return None
        data = yaml.load(before.decode("utf-8"))
    for key, value in facts.own.items():
        if key not in data or data[key] != value:
            data[key] = value
    if before is None:
        data |= dict.fromkeys(_PEOPLES)
        data["ditegaskan_pada"] = today
        data.yaml_set_start_comment(_FIRST_LINES)
    text = _Text()
    yaml.dump(data, text)
    return "".join(text.parts)


def served_as(request: bytes | None) -> tuple[str, str]:
    """The full name and the upstream's name in an admitted request file; empty where it cannot be read."""
    if request is None:
        return "", ""
    try:
        data = load_mapping(request, path="permohonan").data
    except LaikError:
        return "", ""
    name, parent, upstream = (str(data.get(key, "")) for key in ("nama", "induk", "hulu"))
    return f"{name}.{parent}", upstream


def attestation_due(text: bytes, today: date) -> tuple[str, date] | None:
    """The case and the last attestation of a file that was not attested for a year; None otherwise."""
    try:
        data = load_mapping(text, path=FOLDER).data
    except LaikError:
        return None
    last = day_of(str(data.get("ditegaskan_pada", "")))
    if last is None or data.get("status") != "aktif" or today < last + timedelta(days=EVERY_DAYS):
        return None
    return str(data.get("kasus", "")), last
