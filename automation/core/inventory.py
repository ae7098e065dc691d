"""The application inventory: ``inventaris/<slug>.yaml`` in the control project, one file an application.

What laik knows from its own records it writes; what only people know (kind, data, integrations) it leaves to
them, with an empty place where they have not filled it in. A file that exists is changed in place: people's
values, their comments and keys that laik does not know stay as they are (ruamel's round trip).

laik never writes to the control project's protected branch, which is where its own policy comes from: it
opens a merge request and people merge it, so that what lets laik write there cannot change what laik obeys.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
WAIT_DAYS = 30  # from a proposal until people are asked why it is not merged
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


@dataclass(frozen=True, slots=True)
class Record:
    """A file of the inventory as it is merged: whose it is, whether the application is in use.

    ``attested`` is the day people last attested it, None where none is written that can be read.
    """

    case: str
    active: bool
    attested: date | None


def read_record(text: bytes) -> Record | None:
    """What a file says; None where it cannot be read, which people must mend."""
    try:
        data = load_mapping(text, path=FOLDER).data
    except LaikError:
        return None
    attested = day_of(str(data.get("ditegaskan_pada", "")))
    return Record(str(data.get("kasus", "")), data.get("status") == "aktif", attested)


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a case proposed last: which file, on which day."""

    case: str
    path: str
    day: date


def asking(
    records: Mapping[str, Record | None],
    proposals: Iterable[Proposed],
    nameless: frozenset[str],
    today: date,
) -> frozenset[str]:
    """The cases whose application's record asks something of people.

    Args:
        records: the merged files by path, None for one that cannot be read.
        proposals: the last one of each case.
        nameless: cases all of whose names were taken away.
        today: the day it is.
    """
    waited = [one for one in proposals if one.day + timedelta(days=WAIT_DAYS) <= today]
    there = [one for one in records.values() if one is not None]
    due = {one.case for one in there if attestation_due(one, today)}
    unmerged = {one.case for one in waited if records.get(one.path) is None}
    too_old = {one.case for one in there if one.active and one.case in nameless}
    return frozenset(due | unmerged | (too_old & {one.case for one in waited}))


def attestation_due(record: Record, today: date) -> bool:
    """Whether people must say anew that an application's data is right: a year after they last did.

    No day, an unreadable one and one that has not come yet are due at once: whoever writes ``2062`` for
    ``2026`` would else not be asked for a lifetime. Tomorrow counts, since an office may be ahead of others.
    """
    last = record.attested
    if not record.active:
        return False
    return last is None or last > today + timedelta(days=1) or today >= last + timedelta(days=EVERY_DAYS)
