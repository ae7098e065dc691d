"""Two dispositions, for the checks that judge them."""

from __future__ import annotations

from collections.abc import Mapping

from tests.checks.worlds import document, judged, role, world

FIRST, PASSED_ON = "disposisi/disposisi.yaml", "disposisi/disposisi-turunan.yaml"
DOCUMENTS = {
    "disposisi": document("yaml", FIRST, signed_by=["ka_dinas"]),
    "disposisi_turunan": document("yaml", PASSED_ON, signed_by=["kabid_iai"]),
    "catatan": document("yaml", "catatan.yaml"),
}
DECLARED = (
    role("ka_dinas", "ict_head"),
    role("kabid_iai", "division_head"),
    role("kasi_ai", "section_head"),
)


def disposition(giver: str, receiver: str, **changes: str) -> str:
    values = {
        "format": "laik/disposisi/1",
        "nomor_agenda": '"A-17/2026"',
        "tanggal": "2026-01-06",
        "kanal": "e-office",
        "dari": giver,
        "kepada": receiver,
        "instruksi": "Tindak lanjuti sesuai SOP",
        **changes,
    }
    return "".join(f"{key}: {value}\n" for key, value in values.items())


GOOD: Mapping[str, str] = {
    FIRST: disposition("ka_dinas", "kabid_iai"),
    PASSED_ON: disposition("kabid_iai", "kasi_ai"),
}


def seen(files: Mapping[str, str]):
    return world(files, documents=DOCUMENTS, declared=DECLARED)


def findings_for(check: str, files: Mapping[str, str], *subjects: str):
    return judged(check, seen(files), *(subjects or ("disposisi", "disposisi_turunan")))
