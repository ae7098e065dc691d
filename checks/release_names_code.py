"""The release record says which version went live where, and names the very code that there is now."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from automation.core.evidence import CODE, EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._code import candidate, other_code
from checks._common import verdict
from checks._requirements import read
from checks._schema import Day, DigestStart, Strict, Written
from checks._subjects import WRITER

ID = "release_names_code"
DOCUMENT = "catatan_rilis"
NEEDS = (document_id(DOCUMENT), CODE)
POLICY: tuple[str, ...] = ()

Version = Annotated[str, StringConstraints(pattern=r"^v?[0-9]+(\.[0-9]+){0,3}(-[0-9a-z.]+)?$", max_length=40)]
_WORK = Bilingual("Rilis memuat", "The release holds")
_AGAIN = Bilingual(
    f"{WRITER.id} merilis kode yang diterima dan menulis",
    f"Release the code that was accepted ({WRITER.en}) and write",
)


class Release(Strict):
    """``implementasi/rilis.yaml``; ``lokasi`` is the server or address where the application runs."""

    format: Literal["laik/rilis/1"]
    versi: Version
    tanggal: Day
    digest_kode: DigestStart
    lokasi: Written


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each key that is missing or wrong, and for a release of other code."""
    _, code = view.need(*NEEDS)
    release = read(ID, view, DOCUMENT, Release)
    if isinstance(release, tuple):
        return release
    snapshot = candidate(ID, code)
    if isinstance(snapshot, Finding):
        return (snapshot,)
    named, short = release.value.digest_kode, snapshot.code_digest[:12]
    other = other_code(ID, release.document, named, snapshot, work=_WORK, remedy=_AGAIN)
    version = release.value.versi
    seen = Bilingual(f"Rilis {version} memuat kode {short}.", f"Release {version} holds the code {short}.")
    return verdict(ID, other, seen)
