"""A small case as it goes into a dossier, with keys, and with hostile names among its documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from automation.core.attest import entry_statement, key_statement
from automation.core.canonical import canonical
from automation.core.chain import Link, link_digest
from automation.core.comments import CommentNow, CommentsNow, seen_acts
from automation.core.docdigest import blob_id
from automation.core.dossier import CaseFile, FiledDocument, NamedDocument, StepRecord, sha256
from automation.core.errors import Where
from automation.core.keyring import KeyRing, make_ring
from automation.core.memory import remember
from automation.core.verified import SignatureRow
from automation.signing.ed25519 import PrivateKey, check

CASE = "PA-2026-0007"
ROOT, SIGNER, STRANGER = PrivateKey.make(), PrivateKey.make(), PrivateKey.make()
LETTER, SIDECAR = b"%PDF-1.7 surat", b"nomor: 1\n"
HOSTILE = "dokumen/../../etc/<script>alert(1)</script>\x1b[2J\n.pdf"


def ring_of(*, root: PrivateKey = ROOT, signer: PrivateKey = SIGNER) -> KeyRing:
    payload = key_statement(signer.public, ledger=root.id, number=1, first=1, before="")
    return make_ring(root.public, (root.envelope(payload),), check, where=Where(file="uji"))


def links_of(case: str = CASE, *, capacity: str = "") -> list[Link]:
    """Accepted, approved, closed: with the letter's digest among what was judged.

    ``capacity`` is that of whoever approved, empty in their own right.
    """
    letter = filed("berkas", "surat/permohonan.pdf", LETTER)
    from automation.core.docdigest import letter_digest

    subjects = {"surat": letter_digest(letter.sha256, sha256(SIDECAR))}
    act = {
        "act": "issue/5/0", "step": "langkah-satu", "ruling": "approved", "digest": "d" * 64,
        "subjects": {}, "account": 3, "body": sha256(b"@laik setuju"),
    }  # fmt: skip
    act |= {"capacity": capacity} if capacity else {}
    bodies = [
        ("accepted", {"form": "f" * 64, "agency": "dinkes", "procedure": "ringkas", "version": "2026.1"}),
        ("shown", {"step": "langkah-satu", "digest": "d" * 64, "subjects": subjects}),
        ("act", act),
        ("closed", {"step": "langkah-satu", "digest": "d" * 64, "subjects": subjects}),
    ]
    links: list[Link] = []
    previous = ""
    for seq, (kind, body) in enumerate(bodies, start=1):
        text, at = canonical(body), f"2026-03-0{seq}T08:00:00.000000Z"
        digest = link_digest(case, seq, kind, text, at, previous)
        links.append(Link(case, seq, kind, text, at, previous, digest))
        previous = digest
    return links


def signatures_of(
    links: list[Link], *, key: PrivateKey = SIGNER, ledger: str = ROOT.id
) -> list[SignatureRow]:
    rows, before = [], ""
    for serial, link in enumerate(links, start=11):  # other cases have the serials before
        envelope = key.envelope(entry_statement(link, ledger=ledger, serial=serial, before=before))
        rows.append(SignatureRow(serial, link.case, link.seq, envelope.text()))
        before = envelope.digest
    return rows


def filed(home: str, path: str, content: bytes, *, told: bool = True) -> FiledDocument:
    blob = blob_id(content, "0" * 40)
    return FiledDocument(home, path, blob, sha256(content), len(content), content if told else None)


class _Entry:
    def __init__(self, link: Link) -> None:
        self.kind, self.seq, self.body = link.kind, link.seq, link.content
        self.at = datetime(2026, 3, 2, tzinfo=UTC)


def case_file(*, capacity: str = "", **changed: object) -> CaseFile:
    """The case; ``changed`` replaces fields."""
    links = links_of(capacity=capacity)
    acts = remember(_Entry(link) for link in links).acts
    now = CommentsNow({"issue/5": CommentNow(sha256(b"disunting"), edited=True)}, issue=True)
    finding = {"check": "surat_ada", "outcome": "pass", "seen": "<b>ada</b>", "remedy": "", "where": ""}
    whole = CaseFile(
        case=CASE,
        procedure="ringkas",
        version="2026.1",
        title="Pengembangan <Aplikasi>",
        built_at="2026-03-09T08:00:00+00:00",
        commits={"berkas": "a" * 40},
        links=links,
        signatures=signatures_of(links),
        ring=ring_of().text(),
        files=[
            filed("berkas", "surat/permohonan.naskah.yaml", SIDECAR),
            filed("berkas", "surat/permohonan.pdf", LETTER),
            filed("aplikasi", HOSTILE, b"jahat"),
            filed("aplikasi", "dokumen/mockup/satu.png", b"\x89PNG1"),
            filed("aplikasi", "dokumen/mockup/\udcff.png", b"\x89PNG2"),
            filed("rahasia", "pa-2026-0007/keamanan/laporan.sarif", b"{}", told=False),
        ],
        documents=[
            NamedDocument("surat", "Surat permohonan", "letter", "berkas", "surat/permohonan.pdf"),
            NamedDocument("mockup", "Mockup", "folder", "aplikasi", "dokumen/mockup/"),
            NamedDocument("kak", "KAK", "markdown", "berkas", "kak/kak.md"),
        ],
        steps=[
            StepRecord(
                "langkah-satu", 1, "selesai", "2026-03-01T08:00:00.000000Z", "2026-03-03",
                "2026-03-04T08:00:00.000000Z", True, (finding,),
            ),
            StepRecord("langkah-dua", 2, "terbuka", "2026-03-04T08:00:00.000000Z", "", "", False, ()),
        ],
        acts=seen_acts(acts, now),
    )  # fmt: skip
    return replace(whole, **changed)  # type: ignore[arg-type]
