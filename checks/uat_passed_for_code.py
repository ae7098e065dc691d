"""The UAT passed, for the code that is to be hosted.

A result names the code digest (the tree without ``dokumen/``), because it cannot stand inside the commit
that it names; new code needs a new UAT, new documents do not.
"""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.errors import Where
from automation.core.evidence import CODE, EvidenceView, document_id
from automation.core.finding import Finding, Outcome, worst
from automation.core.text import Bilingual
from checks import _uat
from checks._code import candidate, other_code
from checks._common import BUILDER, is_filled, verdict
from checks._schema import field_fault

ID = "uat_passed_for_code"
NEEDS = (document_id(_uat.RESULTS), CODE)
POLICY: tuple[str, ...] = ()
FEW = 2  # faults that are worth naming here too

_WORK = Bilingual("UAT menguji", "The UAT tested")
_AGAIN = Bilingual(
    f"{_uat.TESTERS.id} mengulang UAT pada kode ini dan menulis",
    f"Repeat the UAT on this code ({_uat.TESTERS.en}) and write",
)


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each failed scenario, an unexplained note, a refusal, or another code digest."""
    _, code = view.need(*NEEDS)
    results = _uat.read(ID, view, _uat.RESULTS, _uat.Results)
    if isinstance(results, tuple):
        few = len(results) <= FEW
        return (
            verdict(ID, results, Bilingual("", "")) if few else (_unfilled(worst(results), results[0].where),)
        )
    snapshot = candidate(ID, code)
    if isinstance(snapshot, Finding):
        return (snapshot,)
    named = results.value.digest_kode
    other = other_code(ID, results.document, named, snapshot, work=_WORK, remedy=_AGAIN)
    faults = [*_failures(results), *other]
    short = snapshot.code_digest[:12]
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
