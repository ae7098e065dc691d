"""Verify a dossier from its bytes alone: no forge, no settings, no network; the first broken link is named.

The links, in the order in which they hold each other: seal to index, index to members, the archive's own
form, each entry to the one before, each signature to its entry, documents to what was judged, and what the
index tells to what the entries tell. Trust comes from the key ring that the verifier hands in. With the ring
in the archive it is only seen that the parts fit each other: whoever makes a dossier makes its ring too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from automation.core.archive import BrokenArchive, Member, decode, differs
from automation.core.attest import ENTRY_TYPE, predicate_of
from automation.core.chain import Link, first_break
from automation.core.docdigest import blob_id
from automation.core.dossier import (
    ENTRIES,
    FORMAT,
    INDEX,
    PAGE,
    RING,
    SEAL,
    SIGNATURES,
    NamedDocument,
    bindings,
    closings,
    document_digest,
    read_entry,
    seal_statement,
    sha256,
)
from automation.core.dossier_index import envelope_in, index_facts, sealed_digest
from automation.core.errors import LaikError
from automation.core.keyring import Check, KeyRing, read_ring
from automation.core.memory import remember
from automation.core.text import Bilingual
from automation.core.verified import SignatureRow, verify_row


@dataclass(frozen=True, slots=True)
class Break:
    """The first link that does not hold: where, what it should be and what was found there."""

    where: str
    expected: Bilingual
    found: Bilingual


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a dossier is worth.

    Attributes:
        broken: the first broken link, None when all hold.
        trusted: whether the signatures were held against a key ring that the verifier handed in.
        case: the case it is of.
        members: how many members were looked at.
        entries, signed: ledger entries, and those of them with a signature that counts.
        sealed: whether a key of the ring has signed the index.
        changed: documents that are not what a step had judged, as ``<document> (<step>)``.
        withdrawn: entries whose comment was edited or deleted since.
        left_out: confidential files of which only the digest is there.
    """

    broken: Break | None
    trusted: bool
    case: str = ""
    members: int = 0
    entries: int = 0
    signed: int = 0
    sealed: bool = False
    changed: tuple[str, ...] = ()
    withdrawn: tuple[int, ...] = ()
    left_out: int = 0

    @property
    def proven(self) -> bool:
        """Whether every link holds, and every entry and the index are signed by trusted keys."""
        return self.broken is None and self.trusted and self.sealed and self.entries == self.signed


class _Broken(Exception):
    def __init__(self, where: str, expected: Bilingual, found: Bilingual) -> None:
        self.link = Break(where, expected, found)
        super().__init__(where)


def verify(data: bytes, check: Check, *, ring: KeyRing | None = None) -> Verdict:
    """Hold every link of a dossier.

    Args:
        data: the archive.
        check: Ed25519.
        ring: the key ring that the verifier trusts; that of the archive is used without, and trusted no more.
    """
    try:
        return _Reading(data, check, ring).verdict()
    except _Broken as problem:
        return Verdict(problem.link, ring is not None)


class _Reading:
    """One archive while it is looked at; each step leans on what the one before has shown."""

    def __init__(self, data: bytes, check: Check, ring: KeyRing | None) -> None:
        self._data = data
        self._check = check
        self._given = ring
        self._members = _taken_apart(data)
        self._by_name = {member.name: member.content for member in self._members}

    def verdict(self) -> Verdict:
        facts = self._index()
        self._hold_members(facts)
        self._hold_form()
        ring = self._given or self._own_ring()
        sealed = self._hold_seal(facts, ring)
        links = self._entries(facts)
        signed = self._signatures(facts, links, ring)
        self._hold_documents(facts, links)
        self._hold_story(facts, links)
        return Verdict(
            None,
            self._given is not None,
            case=str(facts["case"]),
            members=len(self._members),
            entries=len(links),
            signed=signed,
            sealed=sealed,
            changed=tuple(_changed(facts)),
            withdrawn=tuple(
                int(act["seq"]) for act in facts["acts"] if act["comment_now"] in {"disunting", "dihapus"}
            ),
            left_out=sum(not one["member"] for one in facts["files"]),
        )

    def _index(self) -> Mapping[str, Any]:
        """The index, once the seal says that it is the one that was sealed."""
        names = [member.name for member in self._members[:3]]
        if names != [PAGE, INDEX, SEAL]:
            raise _Broken(
                "arsip / archive",
                Bilingual(f"{PAGE}, {INDEX}, {SEAL} di depan", f"{PAGE}, {INDEX}, {SEAL} first"),
                Bilingual(*[", ".join(names) or "-"] * 2),
            )
        content = self._by_name[INDEX]
        said = sealed_digest(self._by_name[SEAL])
        if said is None:
            raise _Broken(
                SEAL,
                Bilingual("segel yang dapat dibaca", "a seal that can be read"),
                Bilingual("bukan segel", "no seal"),
            )
        if said != sha256(content):
            # The one or the other was changed; which of them, only a signature could tell.
            raise _differs(f"{INDEX} ({SEAL})", said, sha256(content))
        facts = index_facts(content)
        if facts is None:
            raise _Broken(
                INDEX,
                Bilingual(f"indeks {FORMAT}", f"an index {FORMAT}"),
                Bilingual("bukan itu", "something else"),
            )
        return facts

    def _hold_members(self, facts: Mapping[str, Any]) -> None:
        listed = [(one["name"], one["sha256"], one["size"]) for one in facts["members"]]
        there = [member for member in self._members if member.name not in {INDEX, SEAL}]
        for (name, digest, size), member in zip(listed, there, strict=False):
            if name != member.name:
                raise _Broken(str(name), Bilingual(*[str(name)] * 2), Bilingual(*[member.name] * 2))
            if (sha256(member.content), len(member.content)) != (digest, size):
                raise _differs(member.name, str(digest), sha256(member.content))
        if len(listed) != len(there):
            names = [str(name) for name, _, _ in listed]
            odd = [one.name for one in there[len(listed) :]] or names[len(there) :]
            raise _Broken(
                odd[0],
                Bilingual(f"{len(listed)} anggota menurut indeks", f"{len(listed)} members by the index"),
                Bilingual(f"{len(there)} anggota", f"{len(there)} members"),
            )

    def _hold_form(self) -> None:
        """After the contents, which tell more: whatever differs now is in the archive's own bytes."""
        problem = differs(self._members, self._data)
        if problem is not None:
            raise _form(problem)

    def _own_ring(self) -> KeyRing | None:
        if RING not in self._by_name:
            return None
        try:
            return read_ring(self._by_name[RING].decode("utf-8", "replace"), self._check, path=RING)
        except LaikError as problem:
            raise _refused(RING, problem) from None

    def _hold_seal(self, facts: Mapping[str, Any], ring: KeyRing | None) -> bool:
        text = self._by_name[SEAL].decode("utf-8", "replace")
        envelope = envelope_in(text)
        if envelope is None or ring is None:
            return False
        key = ring.find(envelope.key)
        wanted = seal_statement(self._by_name[INDEX], str(facts["case"]))
        good = key is not None and envelope.payload == wanted
        if key is None or not good or not self._check(key.public, envelope.signature, envelope.signed_bytes):
            raise _Broken(
                SEAL,
                Bilingual("tanda tangan kunci dari gelang kunci", "a signature by a key of the ring"),
                Bilingual(f"kunci {envelope.key[:16]}, tidak sah", f"key {envelope.key[:16]}, not valid"),
            )
        # A seal has no number of its own: once the root had to step in, nobody can tell whose hands made it.
        return not any(later.by_root for later in ring.keys if later.number > key.number)

    def _entries(self, facts: Mapping[str, Any]) -> list[Link]:
        links: list[Link] = []
        for name, content in self._below(ENTRIES):
            link = read_entry(content)
            if link is None or name != f"{ENTRIES}/{link.seq:06d}.json":
                raise _Broken(
                    name, Bilingual("satu entri buku besar", "one ledger entry"), Bilingual("bukan", "none")
                )
            links.append(link)
        broken = first_break(links, str(facts["case"]))
        if broken is not None:
            raise _chain_break(broken, links)
        if len(links) != facts["entries"]:
            raise _count(ENTRIES, int(facts["entries"]), len(links))
        return links

    def _signatures(self, facts: Mapping[str, Any], links: Sequence[Link], ring: KeyRing | None) -> int:
        by_seq = {link.seq: link for link in links}
        rows = [self._row(name, content) for name, content in self._below(SIGNATURES)]
        if len(rows) != facts["signatures"]:
            raise _count(SIGNATURES, int(facts["signatures"]), len(rows))
        if ring is None:
            return 0
        counted: set[int] = set()
        for row, before in rows:
            link = by_seq.get(row.seq)
            if link is None:
                raise _Broken(
                    f"{SIGNATURES}/{row.serial:09d}.json",
                    Bilingual(f"tanda atas entri {row.seq}", f"a signature of entry {row.seq}"),
                    Bilingual("entri itu tidak ada", "that entry is not there"),
                )
            try:
                _, key = verify_row(row, link, before, ring, self._check)
            except LaikError as problem:
                raise _refused(f"{SIGNATURES}/{row.serial:09d}.json", problem) from None
            if key.covers(row.serial):
                counted.add(row.seq)
        return len(counted)

    def _row(self, name: str, content: bytes) -> tuple[SignatureRow, str]:
        """A signature with what it says of its own place; whether that is true, the statement shows."""
        text = content.decode("utf-8", "replace")
        envelope = envelope_in(text)
        said = predicate_of(envelope, ENTRY_TYPE) if envelope else {}
        match said:
            case {"serial": int(serial), "seq": int(seq), "case": str(case), "before": str(before)}:
                if name == f"{SIGNATURES}/{serial:09d}.json":
                    return SignatureRow(serial, case, seq, text), before
        raise _Broken(
            name,
            Bilingual("satu amplop tanda tangan", "one signature's envelope"),
            Bilingual("bukan", "none"),
        )

    def _hold_documents(self, facts: Mapping[str, Any], links: Sequence[Link]) -> None:
        homes: dict[str, list[tuple[str, str, str]]] = {}
        for one in facts["files"]:
            homes.setdefault(one["home"], []).append((one["path"], one["sha256"], one["blob"]))
            content = self._by_name.get(one["member"]) if one["member"] else None
            if one["member"] and (
                content is None
                or (sha256(content), blob_id(content, one["blob"])) != (one["sha256"], one["blob"])
            ):
                raise _differs(str(one["member"]), one["sha256"], sha256(content or b""))
        for one in facts["documents"]:
            named = NamedDocument(one["id"], one["name"], one["kind"], one["home"], one["path"])
            digest = document_digest(named, homes.get(one["home"], []))
            if digest != one["digest"]:
                raise _differs(f"{INDEX}: {one['id']}", str(one["digest"]), digest)
            if bindings(one["id"], digest, links) != one["bound"]:
                raise _told_otherwise(f"{INDEX}: {one['id']}")

    def _hold_story(self, facts: Mapping[str, Any], links: Sequence[Link]) -> None:
        closed = closings(links)
        for step in facts["steps"]:
            if step["closed"] != closed.get(step["key"], ""):
                raise _told_otherwise(f"{INDEX}: {step['key']}")
        names = ("seq", "act", "step", "ruling", "account", "comment")
        told = [tuple(act[name] for name in names) for act in facts["acts"]]
        try:
            acts = remember(_AsEntry(link) for link in links).acts
        except (ValueError, TypeError):  # bodies that laik never writes
            raise _told_otherwise(f"{INDEX}: acts") from None
        if told != [(one.seq, one.act, one.step, one.ruling, one.account, one.body) for one in acts]:
            raise _told_otherwise(f"{INDEX}: acts")
        # Dossiers from before acting officials were told say nothing of it, and nothing wrong.
        paired = zip(facts["acts"], acts, strict=True)
        if any(act.get("capacity", one.capacity) != one.capacity for act, one in paired):
            raise _told_otherwise(f"{INDEX}: acts")

    def _below(self, folder: str) -> list[tuple[str, bytes]]:
        return [(one.name, one.content) for one in self._members if one.name.startswith(f"{folder}/")]


class _AsEntry:
    """A link as the memory reads entries."""

    def __init__(self, link: Link) -> None:
        self.kind, self.seq, self.body, self.at = link.kind, link.seq, link.content, link.moment


def _taken_apart(data: bytes) -> tuple[Member, ...]:
    try:
        return decode(data)
    except BrokenArchive as problem:
        raise _form(problem) from None


def _changed(facts: Mapping[str, Any]) -> Iterable[str]:
    for one in facts["documents"]:
        yield from (f"{one['id']} ({bind['step']})" for bind in one["bound"] if not bind["same"])


def _chain_break(broken: int, links: Sequence[Link]) -> _Broken:
    there = next((link for link in links if link.seq == broken), None)
    found = Bilingual("tidak ada", "is missing") if there is None else Bilingual(*[there.digest[:16]] * 2)
    return _Broken(
        f"{ENTRIES}/{broken:06d}.json",
        Bilingual(f"entri {broken}, sesudah yang sebelumnya", f"entry {broken}, after the one before"),
        found,
    )


def _differs(where: str, expected: str, found: str) -> _Broken:
    return _Broken(where, Bilingual(*[f"SHA-256 {expected}"] * 2), Bilingual(*[f"SHA-256 {found}"] * 2))


def _count(where: str, expected: int, found: int) -> _Broken:
    return _Broken(where, Bilingual(*[str(expected)] * 2), Bilingual(*[str(found)] * 2))


def _form(problem: BrokenArchive) -> _Broken:
    return _Broken(
        problem.place,
        Bilingual("arsip dalam bentuk bakunya", "an archive in its canonical form"),
        Bilingual(f"byte lain pada letak {problem.offset}", f"another byte at offset {problem.offset}"),
    )


def _refused(where: str, problem: LaikError) -> _Broken:
    return _Broken(where, Bilingual("tanda tangan yang sah", "a valid signature"), problem.message)


def _told_otherwise(where: str) -> _Broken:
    return _Broken(
        where,
        Bilingual("yang dikatakan entri buku besar", "what the ledger's entries say"),
        Bilingual("indeks mengatakan lain", "the index says otherwise"),
    )
