"""The UAT passed, for the code that is to be hosted.

A result names the code digest (the tree without ``dokumen/``), because it cannot stand inside the commit
that it names; new code needs a new UAT, new documents do not.
"""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.documents import CodeSnapshot
from automation.core.errors import Where
from automation.core.evidence import CODE, Evidence, EvidenceView, State, document_id
from automation.core.finding import Finding, Outcome, worst
from automation.core.text import Bilingual
from checks import _uat
from checks._common import BUILDER, is_filled, unknown, verdict
from checks._schema import field_fault

ID = "uat_passed_for_code"
NEEDS = (document_id(_uat.RESULTS), CODE)
POLICY: tuple[str, ...] = ()
FEW = 2  # faults that are worth naming here too


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each failed scenario, an unexplained note, a refusal, or another code digest."""
    _, code = view.need(*NEEDS)
    results = _uat.read(ID, view, _uat.RESULTS, _uat.Results)
    if isinstance(results, tuple):
        few = len(results) <= FEW
        return (
            verdict(ID, results, Bilingual("", "")) if few else (_unfilled(worst(results), results[0].where),)
        )
    if code.state is not State.PRESENT or not isinstance(code.value, CodeSnapshot):
        return (_no_code(code),)
    faults = [*_failures(results), *_other_code(results, code.value)]
    short = code.value.code_digest[:12]
    seen = Bilingual(f"UAT lulus untuk kode {short}.", f"The UAT passed for the code {short}.")
    return verdict(ID, faults, seen)


def _unfilled(outcome: Outcome, where: Where) -> Finding:
    """The results tell nothing yet; ``uat_is_attached`` names every fault, and twice would hide the rest."""
    return Finding(
        check=ID,
        outcome=outcome,
        seen=Bilingual("Hasil UAT belum terisi dengan benar.", "The UAT results are not filled in properly."),
        remedy=Bilingual(
            f"{_uat.TESTERS.id} mengisinya; butirnya disebut oleh uat_is_attached.",
            f"Fill them in ({_uat.TESTERS.en}); uat_is_attached names each item.",
        ),
        where=where,
        key="hasil",
    )


def _no_code(code: Evidence) -> Finding:
    if code.state is State.ABSENT:
        seen = Bilingual("Kode aplikasi belum ada.", "There is no application code yet.")
        remedy = Bilingual(
            f"{BUILDER.id} mendorong kode ke repositori aplikasi.",
            f"Push the code to the application's repository; to be done by {BUILDER.en}.",
        )
        return Finding(ID, Outcome.PENDING, seen, remedy, code.where, CODE)
    seen = Bilingual("Kode aplikasi tidak dapat dibaca.", "The application's code could not be read.")
    return unknown(ID, seen, where=code.where, key=CODE)


def _failures(results: _uat.Form[_uat.Results]) -> Iterator[Finding]:
    for index, result in enumerate(results.value.hasil):
        if result.status == "gagal":
            yield field_fault(
                ID,
                results.document,
                f"hasil.{index}.status",
                Bilingual(f"{result.skenario} gagal.", f"{result.skenario} failed."),
                Bilingual(
                    f"{BUILDER.id} memperbaiki, lalu {_uat.TESTERS.id} menguji ulang.",
                    f"Mend it ({BUILDER.en}), then test again ({_uat.TESTERS.en}).",
                ),
            )
        elif result.status == "lulus_dengan_catatan" and not is_filled(result.catatan or "", minimum=5):
            yield field_fault(
                ID,
                results.document,
                f"hasil.{index}.catatan",
                Bilingual(
                    f"{result.skenario} lulus dengan catatan, catatannya kosong.",
                    f"{result.skenario} passed with a note, and the note is empty.",
                ),
                Bilingual(f"{_uat.TESTERS.id} menulis catatannya.", f"Write the note; {_uat.TESTERS.en}."),
            )
    if results.value.simpulan == "ditolak":
        yield field_fault(
            ID,
            results.document,
            "simpulan",
            Bilingual("UAT ditolak.", "The UAT was refused."),
            Bilingual(
                f"{BUILDER.id} memperbaiki aplikasi untuk UAT berikutnya.",
                f"Mend the application for the next UAT; to be done by {BUILDER.en}.",
            ),
        )


def _other_code(results: _uat.Form[_uat.Results], code: CodeSnapshot) -> Iterator[Finding]:
    if not code.code_digest.startswith(results.value.digest_kode):
        yield field_fault(
            ID,
            results.document,
            "digest_kode",
            Bilingual(
                f"UAT menguji kode {results.value.digest_kode[:12]}, calon rilis {code.code_digest[:12]}.",
                f"The UAT tested {results.value.digest_kode[:12]}, the candidate is {code.code_digest[:12]}.",
            ),
            Bilingual(
                f"{_uat.TESTERS.id} mengulang UAT pada kode ini dan menulis digest_kode: "
                f'"{code.code_digest}".',
                f'Repeat the UAT on this code and write digest_kode: "{code.code_digest}"; '
                f"to be done by {_uat.TESTERS.en}.",
            ),
        )
