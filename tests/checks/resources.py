"""An availability record, for the three checks that judge it."""

from __future__ import annotations

from tests.checks.worlds import document, down, judged, without, world

PATH = "analisis/ketersediaan.yaml"
DOCUMENTS = {"hasil_pemeriksaan_sumber_daya": document("yaml", PATH)}
ALL = """\
format: laik/ketersediaan/1
infrastruktur: {tersedia: ya}
sdm: {tersedia: ya, keterangan: Dua programmer}
anggaran: {tersedia: ya}
"""
LACKING = ALL.replace(
    "{tersedia: ya, keterangan: Dua programmer}", "{tersedia: tidak, keterangan: Belum ada programmer}"
)


def findings_for(check: str, text: str | None):
    files = {PATH: text} if text is not None else {}
    return judged(check, world(files, documents=DOCUMENTS), "hasil_pemeriksaan_sumber_daya")


def unknown(check: str):
    return judged(check, without(world({}, documents=DOCUMENTS), down("doc:hasil_pemeriksaan_sumber_daya")))
