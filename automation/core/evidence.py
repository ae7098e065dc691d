"""Evidence: dated facts with a source, asked for by id and collected lazily.

A pure function never fetches. It asks :class:`EvidenceView` for an id; what has not been collected
raises :class:`NotCollected`, and the caller answers with the set of ids to collect before deciding
again (architecture, decision 1).

Ids are plain strings made by the functions below, so that they sort, print and hash the same way
everywhere:

=====================  =====================================================================
``doc:<document id>``  one document the procedure declares, read where the procedure keeps it
``code``               the candidate commit of the application: commit, tree and code digest
``scan``               laik's own security scan of the candidate commit
``form``               the request form as filed in the issue
``hosting``            the hosting request file of the open hosting merge request
``registry``           all admitted hosting requests (names in use)
=====================  =====================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from automation.core.errors import Where
from automation.core.procedure import Document, Role
from automation.core.text import Bilingual

CODE = "code"
SCAN = "scan"
FORM = "form"
HOSTING = "hosting"
REGISTRY = "registry"


def document_id(name: str) -> str:
    """The evidence id of the document ``name``."""
    return f"doc:{name}"


class State(StrEnum):
    """Whether the evidence is there."""

    PRESENT = "present"
    ABSENT = "absent"  # looked for, and not there
    UNREADABLE = "unreadable"  # there, and not readable as what it should be
    UNKNOWN = "unknown"  # could not be looked for (forge down, no access)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One collected fact.

    Attributes:
        id: see the module's table.
        state: see :class:`State`.
        digest: hex SHA-256 (or git object id) of what was read; the same content gives the same digest.
            Empty unless PRESENT or UNREADABLE.
        value: the typed content (``automation.core.documents``); None unless PRESENT.
        where: the file or project it was read from.
        problem: why it is UNREADABLE or UNKNOWN.
    """

    id: str
    state: State
    digest: str = ""
    value: object = None
    where: Where = Where()
    problem: Bilingual = Bilingual("", "")


class NotCollected(Exception):
    """Evidence was asked for that has not been collected yet; ``ids`` says which."""

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids = frozenset(ids)
        super().__init__(", ".join(sorted(self.ids)))


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """What has been collected so far, and the slice of policy and facts that checks may read.

    Attributes:
        collected: evidence by id.
        policy: plain values checks may read, by key (see ``Policy.slice``).
        documents: the documents the case's procedure declares, by id.
        roles: accounts (casefolded) by role, as they hold them in this case now.
        declared: the roles the case's procedure declares.
    """

    collected: Mapping[str, Evidence] = field(default_factory=dict)
    policy: Mapping[str, object] = field(default_factory=dict)
    documents: Mapping[str, Document] = field(default_factory=dict)
    roles: Mapping[str, frozenset[str]] = field(default_factory=dict)
    declared: tuple[Role, ...] = ()

    @property
    def builders(self) -> frozenset[str]:
        """Accounts (casefolded) that build the application in this case, and so may not judge it."""
        building = (self.roles.get(role.id, frozenset()) for role in self.declared if role.builds)
        return frozenset(account for held in building for account in held)

    def get(self, evidence_id: str) -> Evidence:
        """The evidence, or :class:`NotCollected`."""
        try:
            return self.collected[evidence_id]
        except KeyError:
            raise NotCollected([evidence_id]) from None

    def need(self, *evidence_ids: str) -> tuple[Evidence, ...]:
        """Several at once, so that one round of collecting serves them all."""
        missing = [one for one in evidence_ids if one not in self.collected]
        if missing:
            raise NotCollected(missing)
        return tuple(self.collected[one] for one in evidence_ids)
