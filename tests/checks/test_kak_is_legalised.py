from __future__ import annotations

import hashlib

from automation.core.finding import Outcome
from tests.checks.worlds import PDF, down, judged, keys, outcomes, sidecar, without, world

ID = "kak_is_legalised"
KAK = "# KAK\n\nIsi yang disahkan.\n"
SHA = hashlib.sha256(KAK.encode()).hexdigest()


def files(reference: str | None, kak: str = KAK) -> dict[str, str | bytes]:
    changes = {"rujukan_sha256": f'"{reference}"'} if reference else {}
    return {
        "kak/kak.md": kak,
        "kak/kak-sah.pdf": PDF,
        "kak/kak-sah.naskah.yaml": sidecar("kak_sah", **changes),
    }


def test_a_signed_kak_that_refers_to_this_text_passes():
    assert outcomes(judged(ID, world(files(SHA)))) == {Outcome.PASS}


def test_a_kak_changed_after_signing_fails():
    findings = judged(ID, world(files(SHA, KAK + "Tambahan diam-diam.\n")))
    assert keys(findings) == {"rujukan_sha256"}
    assert findings[0].where.line > 1


def test_a_signed_kak_without_reference_fails():
    assert keys(judged(ID, world(files(None)))) == {"rujukan_sha256"}


def test_a_signed_kak_without_sidecar_fails():
    given = files(SHA)
    del given["kak/kak-sah.naskah.yaml"]
    assert keys(judged(ID, world(given))) == {"naskah"}


def test_a_kak_not_yet_signed_waits():
    assert outcomes(judged(ID, world({"kak/kak.md": KAK}))) == {Outcome.PENDING}


def test_a_kak_that_could_not_be_read_is_an_error():
    assert outcomes(judged(ID, without(world(files(SHA)), down("doc:kak")))) == {Outcome.ERROR}
