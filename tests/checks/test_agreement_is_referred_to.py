from __future__ import annotations

import hashlib

from automation.core.finding import Outcome
from tests.checks.worlds import PDF, document, down, judged, keys, outcomes, sections, sidecar, without, world

ID = "agreement_is_referred_to"
AGREEMENT = sections("Proses bisnis", "Lingkup", "Timeline")
DOCUMENTS = {
    "kesepakatan": document("markdown", "kesepakatan.md"),
    "berita_acara": document("letter", "berita-acara.pdf"),
    "surat_tugas": document("letter", "surat-tugas.pdf"),
}
STEP = ("kesepakatan", "berita_acara", "surat_tugas")


def seen(beside: str | None, agreement: str = AGREEMENT):
    files = {"kesepakatan.md": agreement, "berita-acara.pdf": PDF, "surat-tugas.pdf": PDF}
    return world(
        files if beside is None else {**files, "berita-acara.naskah.yaml": beside}, documents=DOCUMENTS
    )


def referring(text: str = AGREEMENT) -> str:
    return sidecar("berita_acara", rujukan_sha256=f'"{hashlib.sha256(text.encode()).hexdigest()}"')


def test_minutes_that_refer_to_the_agreement_pass():
    assert outcomes(judged(ID, seen(referring()), *STEP)) == {Outcome.PASS}


def test_an_agreement_changed_after_signing_fails_and_its_digest_is_told():
    changed = AGREEMENT.replace("lengkap", "ulang")
    (finding,) = judged(ID, seen(referring(), changed), *STEP)
    assert finding.key == "berita_acara.rujukan_sha256"
    assert hashlib.sha256(changed.encode()).hexdigest() in finding.remedy.id


def test_minutes_that_refer_to_nothing_fail():
    assert keys(judged(ID, seen(sidecar("berita_acara")), *STEP)) == {"berita_acara.rujukan_sha256"}
    assert keys(judged(ID, seen(None), *STEP)) == {"berita_acara.rujukan_sha256"}


def test_an_order_alone_refers_to_nothing():
    assert outcomes(judged(ID, seen(None), "kesepakatan", "surat_tugas")) == {Outcome.NOT_APPLICABLE}


def test_a_step_with_neither_is_an_error():
    assert outcomes(judged(ID, seen(None), "kesepakatan")) == {Outcome.ERROR}


def test_what_is_missing_waits_and_what_is_unknown_is_an_error():
    assert outcomes(judged(ID, world({}, documents=DOCUMENTS), *STEP)) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(seen(None), down("doc:berita_acara")), *STEP)) == {Outcome.ERROR}
