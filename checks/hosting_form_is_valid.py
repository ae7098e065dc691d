"""The hosting form names a free-to-ask subdomain, its owner, services, stack and capacity (SOP step 14)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from automation.core.documents import YamlDocument
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import APPLICANT, opened, quoted, unknown, verdict
from checks._forms import HostingForm
from checks._schema import field_fault, parsed

ID = "hosting_form_is_valid"
DOCUMENT = "formulir_hosting"
NEEDS = (document_id(DOCUMENT),)
POLICY = ("induk_domain", "nama_terlarang", "perangkat_daerah")


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each key that is missing, wrong, or not allowed by the policy."""
    answer = opened(ID, view, DOCUMENT, YamlDocument, who=APPLICANT)
    if isinstance(answer, Finding):
        return (answer,)
    evidence, document = answer
    allowed = [view.policy.get(key) for key in POLICY]
    parents, forbidden, agencies = (value if isinstance(value, Collection) else None for value in allowed)
    if parents is None or forbidden is None or agencies is None:
        seen = Bilingual("Kebijakan instansi tidak terbaca.", "The organisation's policy could not be read.")
        return (unknown(ID, seen, where=evidence.where, key="kebijakan"),)
    form = parsed(ID, document, HostingForm, who=APPLICANT)
    if isinstance(form, tuple):
        return form
    faults = _faults(document, form, parents, forbidden, agencies)
    name = quoted(f"{form.nama}.{form.induk}")
    seen = Bilingual(f"Formulir hosting {name} sah.", f"The hosting form for {name} is valid.")
    return verdict(ID, faults, seen, where=evidence.where)


def _faults(
    document: YamlDocument,
    form: HostingForm,
    parents: Collection[object],
    forbidden: Collection[object],
    agencies: Collection[object],
) -> Iterator[Finding]:
    if form.induk not in parents:
        listing = ", ".join(sorted(str(one) for one in parents))
        yield _fault(
            document,
            "induk",
            Bilingual(
                f"Domain induk {quoted(form.induk)} bukan milik instansi ini ({listing}).",
                f"The parent domain {quoted(form.induk)} is not this organisation's ({listing}).",
            ),
        )
    if form.nama in forbidden or form.nama.startswith("xn--"):
        yield _fault(
            document,
            "nama",
            Bilingual(f"Nama {quoted(form.nama)} dicadangkan.", f"The name {quoted(form.nama)} is reserved."),
        )
    if form.pemilik not in agencies:
        yield _fault(
            document,
            "pemilik",
            Bilingual(
                f"Perangkat daerah {quoted(form.pemilik)} tidak dikenal.",
                f"The agency {quoted(form.pemilik)} is not known.",
            ),
        )
    if "ip_publik" in form.layanan and not form.alasan_ip_publik:
        yield _fault(
            document,
            "alasan_ip_publik",
            Bilingual("IP publik diminta tanpa alasan.", "A public IP is asked for without a reason."),
        )
    if len(set(form.layanan)) != len(form.layanan):
        yield _fault(document, "layanan", Bilingual("Layanan disebut dua kali.", "A service is named twice."))


def _fault(document: YamlDocument, key: str, seen: Bilingual) -> Finding:
    remedy = Bilingual(
        f"{APPLICANT.id} memperbaiki kunci '{key}'.", f"Mend the key '{key}'; to be done by {APPLICANT.en}."
    )
    return field_fault(ID, document, key, seen, remedy)
