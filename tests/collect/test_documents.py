from __future__ import annotations

import hashlib

import pytest

from automation.collect.documents import collect_document, read_document, sidecar_path
from automation.core.documents import CsvDocument, FolderDocument, Letter, MarkdownDocument, YamlDocument
from automation.core.errors import ForgeRefused, UnsafePath
from automation.core.evidence import State
from automation.core.text import Bilingual
from tests.checks.worlds import DOCUMENTS, PDF, PNG, DownTree, MemoryTree

KAK, LETTER, MOCKUP = DOCUMENTS["kak"], DOCUMENTS["surat_tugas"], DOCUMENTS["mockup"]


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("kak", "# A", MarkdownDocument),
        ("penyedia", "a: 1", YamlDocument),
        ("daftar_hadir", "a,b", CsvDocument),
    ],
)
def test_a_file_becomes_the_record_of_its_kind_with_the_digest_of_its_bytes(name, text, kind):
    evidence = collect_document(name, DOCUMENTS[name], MemoryTree({DOCUMENTS[name].path: text}))
    assert (evidence.id, evidence.state) == (f"doc:{name}", State.PRESENT)
    assert isinstance(evidence.value, kind)
    assert evidence.digest == hashlib.sha256(text.encode()).hexdigest()


def test_what_is_not_there_is_absent_with_the_place_it_was_looked_for():
    evidence = collect_document("kak", KAK, MemoryTree({}))
    assert (evidence.state, evidence.where.file, evidence.digest) == (State.ABSENT, "kak/kak.md", "")


def test_what_cannot_be_read_keeps_its_digest_reason_and_place():
    evidence = read_document("yaml", "a.yaml", b"a: 1\na: 2\n", evidence_id="doc:x")
    assert (evidence.state, evidence.where.line, evidence.value) == (State.UNREADABLE, 2, None)
    assert evidence.digest
    assert "dua kali" in evidence.problem.id


def test_a_forge_that_is_down_is_unknown_and_never_absent():
    for name, document in DOCUMENTS.items():
        assert collect_document(name, document, DownTree()).state is State.UNKNOWN


def test_a_refused_reading_is_unknown_and_an_unsafe_path_unreadable():
    class Refusing(MemoryTree):
        def files(self, prefix):
            raise self.error(Bilingual("Tidak.", "No."), remedy=Bilingual("", ""))

    tree = Refusing({})
    for error, state in ((ForgeRefused, State.UNKNOWN), (UnsafePath, State.UNREADABLE)):
        tree.error = error
        assert collect_document("kak", KAK, tree).state is state


def test_a_file_of_fifty_megabytes_is_refused_without_being_loaded():
    class Huge(MemoryTree):
        def read(self, path):
            raise AssertionError("loaded")

    assert collect_document("kak", KAK, Huge({KAK.path: b"x" * 50_000_000})).state is State.UNREADABLE


def test_a_letter_is_known_by_its_content_and_its_digest_covers_the_sidecar():
    path = LETTER.path
    plain = collect_document("surat_tugas", LETTER, MemoryTree({path: PNG}))
    assert isinstance(plain.value, Letter)
    assert (plain.value.media, plain.value.size, plain.value.sidecar) == ("png", len(PNG), None)
    one = collect_document("surat_tugas", LETTER, MemoryTree({path: PNG, sidecar_path(path): "nomor: a"}))
    two = collect_document("surat_tugas", LETTER, MemoryTree({path: PNG, sidecar_path(path): "nomor: b"}))
    assert len({plain.digest, one.digest, two.digest}) == 3


def test_a_sidecar_without_its_letter_is_no_letter():
    assert (
        collect_document("x", LETTER, MemoryTree({sidecar_path(LETTER.path): "a: 1"})).state is State.ABSENT
    )


def test_a_broken_sidecar_makes_the_letter_unreadable_at_the_sidecar():
    evidence = collect_document(
        "x", LETTER, MemoryTree({LETTER.path: PDF, sidecar_path(LETTER.path): "a: ["})
    )
    assert (evidence.state, evidence.where.file) == (State.UNREADABLE, "penugasan/surat-tugas.naskah.yaml")


def test_a_folder_lists_its_files_with_their_kind_and_changes_digest_with_content_and_name():
    def folder(files):
        return collect_document(
            "mockup", MOCKUP, MemoryTree({MOCKUP.path + name: text for name, text in files.items()})
        )

    first = folder({"a.png": PNG, "b.md": "Isi yang cukup panjang"})
    assert isinstance(first.value, FolderDocument)
    assert [fact.media for fact in first.value.files] == ["png", "text"]
    assert first.digest == folder({"b.md": "Isi yang cukup panjang", "a.png": PNG}).digest
    others = [
        folder({"a.png": PDF, "b.md": "Isi yang cukup panjang"}),
        folder({"c.png": PNG, "b.md": "Isi yang cukup panjang"}),
    ]
    assert len({first.digest, *(one.digest for one in others)}) == 3


def test_a_folder_of_thousands_of_files_is_unreadable():
    tree = MemoryTree({f"{MOCKUP.path}{number}.md": "x" for number in range(2001)})
    assert collect_document("mockup", MOCKUP, tree).state is State.UNREADABLE


def test_a_case_reads_only_its_own_folder_of_a_shared_repository():
    tree = MemoryTree({"pa-2026-0001/kak/kak.md": "# Satu", "pa-2026-0002/kak/kak.md": "# Dua"})
    evidence = collect_document("kak", KAK, tree, folder="pa-2026-0002/")
    assert isinstance(evidence.value, MarkdownDocument)
    assert evidence.value.sections[0].title == "Dua"
