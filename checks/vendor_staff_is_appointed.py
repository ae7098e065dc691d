"""The developer's system analyst and programmers are appointed by account, and every account of theirs.

The vendor record decides who may build; an appointment of somebody else would give the work to accounts that
the contract does not know, and an account without appointment would build unnamed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import quoted, verdict
from checks._forms import Vendor
from checks._reading import Form
from checks._requirements import read
from checks._schema import AccountName, Strict, field_fault
from checks._subjects import WRITER

ID = "vendor_staff_is_appointed"
STAFF = "personel_pengembang"
VENDOR = "penyedia"
NEEDS = (document_id(STAFF), document_id(VENDOR))
POLICY: tuple[str, ...] = ()


class Staff(Strict):
    """``penugasan/personel.yaml``: forge accounts; one account may do both."""

    format: Literal["laik/personel/1"]
    system_analyst: tuple[AccountName, ...] = Field(min_length=1, max_length=50)
    programmer: tuple[AccountName, ...] = Field(min_length=1, max_length=50)


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each appointed account that is not the vendor's, and each of the vendor's not appointed."""
    view.need(*NEEDS)
    staff, vendor = read(ID, view, STAFF, Staff), read(ID, view, VENDOR, Vendor)
    if isinstance(staff, tuple) or isinstance(vendor, tuple):
        found = [one for one in (staff, vendor) if isinstance(one, tuple)]
        return verdict(ID, (fault for part in found for fault in part), Bilingual("", ""))
    analysts, programmers = len(staff.value.system_analyst), len(staff.value.programmer)
    seen = Bilingual(
        f"{analysts} system analyst dan {programmers} programmer ditunjuk.",
        f"{analysts} system analysts and {programmers} programmers are appointed.",
    )
    return verdict(ID, (*_strangers(staff, vendor), *_unnamed(staff, vendor)), seen)


def _strangers(staff: Form[Staff], vendor: Form[Vendor]) -> Iterator[Finding]:
    known = {account.casefold() for account in vendor.value.akun}
    for part in ("system_analyst", "programmer"):
        for index, account in enumerate(getattr(staff.value, part)):
            if account.casefold() not in known:
                yield _fault(
                    staff,
                    f"{part}.{index}",
                    f"Akun {quoted(account)} tidak ada pada {vendor.document.path}.",
                    f"The account {quoted(account)} does not stand in {vendor.document.path}.",
                )


def _unnamed(staff: Form[Staff], vendor: Form[Vendor]) -> Iterator[Finding]:
    both = (*staff.value.system_analyst, *staff.value.programmer)
    appointed = {account.casefold() for account in both}
    for account in sorted(vendor.value.akun):
        if account.casefold() not in appointed:
            yield _fault(
                staff,
                f"akun.{account}",
                f"Akun pengembang {quoted(account)} belum ditunjuk.",
                f"The developer's account {quoted(account)} is not appointed.",
            )


def _fault(staff: Form[Staff], place: str, indonesian: str, english: str) -> Finding:
    remedy = Bilingual(
        f"{WRITER.id} menyamakan {staff.document.path} dengan akun pada data penyedia.",
        f"Match {staff.document.path} with the accounts of the vendor record; to be done by {WRITER.en}.",
    )
    return field_fault(ID, staff.document, place, Bilingual(indonesian, english), remedy)
