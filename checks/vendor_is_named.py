"""The vendor chosen by procurement is named, with contract and accounts, and holds no other role.

Builder and judge must be different people (domain analysis, section 1.7): a vendor account that also
sits in a technical team could approve its own work.
"""

from __future__ import annotations

from collections.abc import Iterator

from automation.core.documents import YamlDocument
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import AGENCY_TEAM, opened, quoted, verdict
from checks._forms import Vendor
from checks._schema import field_fault, parsed

ID = "vendor_is_named"
DOCUMENT = "penyedia"
NEEDS = (document_id(DOCUMENT),)
POLICY: tuple[str, ...] = ()


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each key that is missing or wrong and each account with a second role."""
    answer = opened(ID, view, DOCUMENT, YamlDocument, who=AGENCY_TEAM)
    if isinstance(answer, Finding):
        return (answer,)
    evidence, document = answer
    vendor = parsed(ID, document, Vendor, who=AGENCY_TEAM)
    if isinstance(vendor, tuple):
        return vendor
    seen = Bilingual(
        f"Penyedia {quoted(vendor.nama)} dengan {len(vendor.akun)} akun.",
        f"Vendor {quoted(vendor.nama)} with {len(vendor.akun)} accounts.",
    )
    return verdict(ID, _second_roles(view, document, vendor), seen, where=evidence.where)


def _second_roles(view: EvidenceView, document: YamlDocument, vendor: Vendor) -> Iterator[Finding]:
    building = {role.id for role in view.declared if role.builds}
    for index, account in enumerate(vendor.akun):
        others = sorted(
            role
            for role, holders in view.roles.items()
            if role not in building and account.casefold() in holders
        )
        if others:
            yield field_fault(
                ID,
                document,
                f"akun.{index}",
                Bilingual(
                    f"Akun {quoted(account)} juga memegang peran {', '.join(others)}.",
                    f"The account {quoted(account)} also holds the role {', '.join(others)}.",
                ),
                Bilingual(
                    f"{AGENCY_TEAM.id} menulis akun pengembang sendiri, bukan akun penilai.",
                    f"Name the vendor's own account, not a judge's; to be done by {AGENCY_TEAM.en}.",
                ),
            )
