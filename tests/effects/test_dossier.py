"""A real case's dossier: built from forge and ledger, verified in a clean virtual environment, offline."""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path

import pytest

from automation.cli import run
from automation.core.archive import decode
from automation.core.dossier_check import verify
from automation.core.errors import ForgeUnreachable
from automation.demo import organisation as org
from automation.signing import check
from automation.signing.keyfiles import RING, SIGNING, load_ring, make_keys
from tests.effects.world import World, running_world

ROOT = Path(__file__).resolve().parents[2]
FLIPS = 100
# All that `laik dossier verify` needs beside laik itself; nothing that speaks to forge, database or network.
NEEDED = ("click", "cryptography", "cffi", "pycparser")
HOSTILE = "dokumen/<img src=x onerror=alert(1)>;..;etc.pdf"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("bukti")
    make_keys(folder / "kunci")
    keys = folder / "kunci"
    with running_world(folder, signing_key=keys / SIGNING, keyring=keys / RING) as running:
        yield running


@pytest.fixture(scope="module")
def case(world: World) -> str:
    """A finished case with a hostile name among its documents and a confidential report."""
    key = world.with_evidence("bukti")
    world.commit("aplikasi/bukti", {HOSTILE: b"isi"})
    world.commit(org.SECRET, {f"{key.lower()}/keamanan/laporan.md": b"celah yang dirahasiakan"})
    number = world.ask({"permohonan/bukti.yaml": world.request_text(key, "bukti", "bukti")})
    world.settle(key)
    world.approve_hosting(number)
    world.settle(key)
    world.laik.witness.sign()
    assert world.memory(key).finished
    return key


@pytest.fixture
def at_hand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands work on the running world instead of one made from the environment."""
    kept = replace(world.laik)
    monkeypatch.setattr(type(kept), "close", lambda self: None)
    monkeypatch.setattr("automation.settings.from_environment", lambda: world.laik.settings)
    monkeypatch.setattr("automation.wiring.build", lambda settings: kept)


@pytest.fixture
def dossier(world: World, case: str, at_hand: None, tmp_path: Path) -> Path:
    file = tmp_path / "bukti.zip"
    assert run(["dossier", "build", case, "--out", str(file)]) == 0
    return file


def comments(world: World, key: str) -> dict[str, object]:
    issue = world.project(org.CONTROL).issues.get(int(key[8:]))
    return {note.body: note for note in issue.notes.list(get_all=True)}


def test_a_finished_case_is_proven_with_everything_in_it(
    world: World, case: str, dossier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dossier.stat().st_mode & 0o777 == 0o600
    ring = world.folder / "kunci" / RING
    capsys.readouterr()
    assert run(["dossier", "verify", str(dossier), "--keyring", str(ring), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    entries = world.laik.store.ledger.entries(case)
    assert (said["proven"], said["entries"], said["signed"]) == (True, len(entries), len(entries))
    members = {one.name: one.content for one in decode(dossier.read_bytes())}
    facts = json.loads(members["indeks.json"])
    named = {(one["home"], one["path"]) for one in facts["files"]}
    assert {("berkas", "uat/hasil.yaml"), ("aplikasi", HOSTILE)} <= named
    assert ("rahasia", f"{case.lower()}/keamanan/laporan.md") in named
    assert all(one["state"] == "selesai" for one in facts["steps"])
    assert not any(path.startswith("app/") for _, path in named), "the code itself is no document"
    assert b"celah yang dirahasiakan" not in dossier.read_bytes()
    assert b"<img" not in members["indeks.html"]


def test_without_a_ring_it_says_plainly_that_nothing_is_proven(
    dossier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["dossier", "verify", str(dossier)]) == 1
    out = capsys.readouterr().out
    assert "utuh" in out
    assert "NOT PROVEN: the keys are those in the archive" in out
    assert run(["dossier", "verify", str(dossier), "--whole"]) == 0


def test_confidential_documents_come_with_it_only_on_request(
    world: World, case: str, at_hand: None, tmp_path: Path
) -> None:
    file = tmp_path / "rahasia.zip"
    assert run(["dossier", "build", case, "--out", str(file), "--with-secret"]) == 0
    assert b"celah yang dirahasiakan" in file.read_bytes()


def test_no_case_gives_no_dossier(at_hand: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["dossier", "build", "PA-2026-9999", "--out", str(tmp_path / "x.zip")]) == 1
    assert "bukan kasus" in capsys.readouterr().err
    assert not (tmp_path / "x.zip").exists()


def test_a_folder_that_is_not_there_is_told_before_anything_is_gathered(
    at_hand: None, case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["dossier", "build", case, "--out", str(tmp_path / "tiada" / "x.zip")]) == 2
    assert "tidak ada; buat dahulu" in capsys.readouterr().err


def clean_environment(folder: Path) -> Path:
    """A virtual environment with laik's wheel and the few packages that verifying needs; its Python.

    No index is asked: the wheel is built here, and the packages are copied file by file as installed.
    """
    wheels = folder / "roda"
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    venv.create(folder / "venv", with_pip=False)
    (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (wheel,) = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(packages)
    for name in NEEDED:
        for file in distribution(name).files or ():
            source = Path(str(file.locate()))
            if ".." not in file.parts and source.suffix != ".pyc":
                (packages / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, packages / file)
    return folder / "venv" / "bin" / "python"


FLIPPER = """
import io, json, pathlib, sys
from contextlib import redirect_stdout
from automation.cli import run
assert not [name for name in ("gitlab", "github", "sqlalchemy", "starlette") if name in sys.modules]
file, ring, copy = sys.argv[1], sys.argv[2], pathlib.Path("salinan.zip")
data, found = pathlib.Path(file).read_bytes(), []
for at, by in json.loads(sys.argv[3]):
    copy.write_bytes(data[:at] + bytes([data[at] ^ by]) + data[at + 1:])
    with redirect_stdout(io.StringIO()) as said:
        code = run(["dossier", "verify", str(copy), "--keyring", ring, "--json"])
    answer = json.loads(said.getvalue())
    found.append(code == 1 and not answer["whole"] and bool(answer["broken"]["where"]))
print(json.dumps([len(found), sum(found), sorted({name.partition(".")[0] for name in sys.modules})]))
"""


def test_in_a_clean_environment_a_dossier_is_proven_and_each_of_a_hundred_flipped_bytes_found(
    world: World, dossier: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    python = clean_environment(tmp_path)
    empty = tmp_path / "kosong"
    empty.mkdir()
    ring = shutil.copy(world.folder / "kunci" / RING, empty / "kunci.json")
    laik = [str(python), "-I", "-m", "automation", "dossier", "verify", str(dossier)]
    whole = subprocess.run(
        [*laik, "--keyring", ring], cwd=empty, env={}, capture_output=True, text=True, check=False
    )
    assert whole.returncode == 0, whole.stderr
    assert "PROVEN" in whole.stdout
    size, chance = dossier.stat().st_size, random.Random()
    flips = json.dumps([(chance.randrange(size), chance.randrange(1, 256)) for _ in range(FLIPS)])
    done = subprocess.run(
        [str(python), "-I", "-c", FLIPPER, str(dossier), ring, flips],
        cwd=empty, env={}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    tried, found, modules = json.loads(done.stdout)
    with capsys.disabled():
        print(f"\ndossier in a clean environment: {found} of {tried} flipped bytes found in {size} bytes")
    assert (tried, found) == (FLIPS, FLIPS)
    assert not {"gitlab", "github", "requests", "sqlalchemy", "starlette", "pydantic"} & set(modules)


def test_an_edited_and_a_deleted_comment_are_told_by_card_timeline_and_dossier(
    world: World, case: str, at_hand: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = world.with_application("berubah")
    world.paste(org.ICT_HEAD, key, "disposisi hosting-tindak-lanjut")
    world.settle(key)
    submitted, disposed = (
        next(note for body, note in comments(world, key).items() if body.startswith(f"@laik {word}"))
        for word in ("ajukan", "disposisi")
    )
    submitted.body = "Bukan begitu maksud saya."  # type: ignore[attr-defined]
    submitted.save()  # type: ignore[attr-defined]
    disposed.delete()  # type: ignore[attr-defined]
    world.settle(key)
    (card,) = (one for one in world.cards(org.CONTROL, int(key[8:])) if "langkah" in one)
    assert "Komentar yang diubah sesudah diputuskan" in card
    assert "disunting (digest semula" in card
    assert "dihapus (digest semula" in card
    capsys.readouterr()
    assert run(["case", "timeline", key]) == 0
    told = capsys.readouterr().out
    assert "[komentar DISUNTING]" in told
    assert "[komentar DIHAPUS]" in told
    assert re.search(r"act +permohonan-bantuan-teknis: disetujui, akun \d+  \[komentar DISUNTING\]", told)
    assert "turn            permohonan-bantuan-teknis: giliran" in told
    assert run(["case", "timeline", key, "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert [one["body"]["ruling"] for one in entries if one["comment"] == "dihapus"] == ["approved"]
    file = tmp_path / "berubah.zip"
    assert run(["dossier", "build", key, "--out", str(file)]) == 0
    verdict = verify(file.read_bytes(), check, ring=load_ring(world.folder / "kunci" / RING))
    assert verdict.proven
    assert len(verdict.withdrawn) == 2


def test_the_timeline_says_as_what_an_acting_official_decided(
    world: World, at_hand: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The entries are only read back changed: what nobody vouches for would stay unsigned in this world."""
    key, ledger = world.with_application("pejabat"), world.laik.store.ledger
    (act,) = (one for one in ledger.entries(key) if one.kind == "act")
    written = {"approved": "plh", "refused": "", "noted": "sesepuh"}
    acts = [
        replace(act, body={**act.body, "account": 31, "ruling": ruling, "capacity": capacity})
        for ruling, capacity in written.items()
    ]
    real = type(ledger).entries
    monkeypatch.setattr(type(ledger), "entries", lambda me, case: acts if case == key else real(me, case))
    capsys.readouterr()
    assert run(["case", "timeline", key]) == 0
    told = capsys.readouterr().out
    assert ": disetujui, akun 31 (Plh.)\n" in told
    assert ": dikembalikan, akun 31\n" in told
    assert ": dicatat, akun 31 (sesepuh)\n" in told, "what a newer laik wrote stands as it is"


def test_a_forge_that_does_not_answer_leaves_the_timeline_and_says_so(
    world: World,
    case: str,
    at_hand: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from automation.core.text import Bilingual

    def away(*_: object, **__: object) -> None:
        raise ForgeUnreachable(Bilingual("Forge sunyi.", "Silent."), remedy=Bilingual("Tunggu.", "Wait."))

    monkeypatch.setattr(type(world.laik.office), "read", away)
    assert run(["case", "timeline", case]) == 0
    said = capsys.readouterr()
    assert "accepted" in said.out
    assert "1*" in said.out, "a signed entry is marked"
    assert "Forge sunyi" in said.err


def test_a_case_whose_issue_was_deleted_can_be_proven_all_the_same(
    world: World, at_hand: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = world.with_application("terhapus")
    done = world.memory(key).closed
    world.project(org.CONTROL).issues.delete(int(key[8:]))
    world.settle(key)
    file = tmp_path / "terhapus.zip"
    assert run(["dossier", "build", key, "--out", str(file)]) == 0
    verdict = verify(file.read_bytes(), check, ring=load_ring(world.folder / "kunci" / RING))
    assert verdict.proven
    facts = json.loads({one.name: one.content for one in decode(file.read_bytes())}["indeks.json"])
    assert {one["key"] for one in facts["steps"] if one["state"] == "selesai"} == set(done)
    assert {one["home"] for one in facts["files"]} >= {"berkas", "aplikasi"}
    spoken = [one for one in facts["acts"] if one["act"].startswith("issue/")]
    assert spoken
    assert {one["comment_now"] for one in spoken} == {"dihapus"}
    capsys.readouterr()
    assert run(["case", "timeline", key]) == 0
    told = capsys.readouterr()
    assert "[komentar DIHAPUS]" in told.out
    assert told.err == ""


def test_a_name_revoked_from_another_case_is_signed_into_the_chain_of_the_one_that_held_it(
    world: World, case: str
) -> None:
    world.project(org.CONTROL).issues.delete(int(case[8:]))
    other = world.accepted("pencabut")
    world.say(org.ICT_HEAD, other, "@laik cabut bukti disusupi")
    world.settle(other)
    world.laik.witness.sign()
    assert world.kinds(case)[-2:] == ["revoked", "applied"]
    assert world.laik.store.signatures.unsigned() == ()
    assert "bukti." not in str(world.served())
