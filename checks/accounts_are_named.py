"""The document that names who holds a role in this case lists real accounts, and no judge among builders.

Builder and judge must be different people (domain analysis, section 1.7): an account in the development
team that also sits in the technical team could approve its own work.
"""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError

from automation.core.documents import YamlDocument
from automation.core.evidence import EvidenceView, document_id
from automation.core.finding import Finding
from automation.core.text import Bilingual
from checks._common import opened, passed, quoted
from checks._schema import AccountName, field_fault
from checks._subjects import WRITER, keyed, named, nothing_named

ID = "accounts_are_named"
NEEDS: tuple[str, ...] = ()
POLICY: tuple[str, ...] = ()

LIST = "akun"
MOST = 50  # each one is looked up on the forge
_WORKS = ("builder", "analyst", "staff")
"""Archetypes that do work; every other one judges it."""
_ACCOUNT: TypeAdapter[str] = TypeAdapter(AccountName)


def judge(view: EvidenceView, subjects: tuple[str, ...]) -> tuple[Finding, ...]:
    """FAIL for each entry that is no account, stands twice, or judges what it builds."""
    naming = frozenset(role.named_by for role in view.declared if role.named_by)
    names = tuple(
        name
        for name in named(view, subjects, lambda document: document.kind == "yaml")
        if name in naming or LIST in view.documents[name].fields
    )
    if not names:
        return nothing_named(ID)
    view.need(*(document_id(name) for name in names))
    return tuple(finding for name in names for finding in _judged(view, name))


def _judged(view: EvidenceView, name: str) -> Iterator[Finding]:
    answer = opened(ID, view, name, YamlDocument, who=WRITER)
    if isinstance(answer, Finding):
        yield answer
        return
    evidence, document = answer
    accounts = document.data.get(LIST)
    faults = list(_faults(view, name, document, accounts))
    yield from (keyed(name, fault) for fault in faults)
    if not faults:
        count = len(accounts) if isinstance(accounts, list) else 0
        seen = Bilingual(f"{count} akun disebut.", f"{count} accounts are named.")
        yield passed(ID, seen, where=evidence.where, key=name)


def _faults(view: EvidenceView, name: str, document: YamlDocument, accounts: object) -> Iterator[Finding]:
    if not isinstance(accounts, list) or not 0 < len(accounts) <= MOST:
        wrong = Bilingual(
            f"'{LIST}' harus daftar 1 sampai {MOST} akun.", f"'{LIST}' must list 1 to {MOST} accounts."
        )
        yield _fault(document, LIST, wrong)
        return
    before: set[str] = set()
    for index, account in enumerate(accounts):
        place = f"{LIST}.{index}"
        if not _is_account(account):
            wrong = Bilingual(f"{quoted(account)} bukan nama akun.", f"{quoted(account)} is no account name.")
            yield _fault(document, place, wrong)
        elif account.casefold() in before:
            wrong = Bilingual(
                f"Akun {quoted(account)} tertulis dua kali.", f"The account {quoted(account)} stands twice."
            )
            yield _fault(document, place, wrong)
        elif judging := _judging_roles(view, name, account):
            wrong = Bilingual(
                f"Akun {quoted(account)} juga memegang peran {', '.join(judging)}.",
                f"The account {quoted(account)} also holds the role {', '.join(judging)}.",
            )
            yield _fault(document, place, wrong)
        before.add(str(account).casefold())


def _is_account(value: object) -> bool:
    try:
        _ACCOUNT.validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


def _judging_roles(view: EvidenceView, name: str, account: str) -> list[str]:
    """Roles of ``account`` that judge, where the document ``name`` makes it a builder."""
    if not any(role.builds and role.named_by == name for role in view.declared):
        return []
    return sorted(
        role.id
        for role in view.declared
        if not role.archetype.startswith(_WORKS) and account.casefold() in view.roles.get(role.id, ())
    )


def _fault(document: YamlDocument, place: str, seen: Bilingual) -> Finding:
    remedy = Bilingual(
        f"{WRITER.id} menulis akun forge pelaksananya, masing-masing sekali, bukan akun penilai.",
        f"Name the forge accounts of those who do the work, each once, no judge's; {WRITER.en}.",
    )
    return field_fault(ID, document, place, seen, remedy)
