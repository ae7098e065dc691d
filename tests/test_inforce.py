"""The policy in force is what the ledger admitted: its text is found again, or nothing is decided."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from automation.collect.mirror import Mirror, Mirrors
from automation.core.errors import InvalidPolicy, LedgerConflict
from automation.core.policy import load_policy
from automation.core.policyadmission import StandingPolicy, operator_entry
from automation.forges.base import User
from automation.inforce import COPY, PolicyInForce, change_to, digest_of_text
from automation.keys import POLICY
from automation.store import Store, open_store
from tests.collect.test_mirror import World as Repository
from tests.core.cases import POLICY as TEXT

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
FIRST_TEXT = TEXT.encode()
OTHER_TEXT = TEXT.replace("port: 8080", "port: 8081").encode()
ME = User(1, "laik", "laik")
USERS = {"pemilik-1": User(11, "pemilik-1", "Satu"), "pemilik-2": User(12, "pemilik-2", "Dua")}


@dataclass
class Installation:
    """A control project with a mirror, a ledger, and the policy in force over both."""

    repository: Repository
    mirrors: Mirrors
    store: Store
    state: Path

    @property
    def in_force(self) -> PolicyInForce:
        return PolicyInForce(self.store.ledger, self.state, now=lambda: AT)

    @property
    def copy(self) -> Path:
        return self.state / COPY

    @property
    def mirror(self) -> Mirror:
        return self.mirrors.fetch(1, str(self.repository.bare))

    def on_branch(self, text: bytes) -> None:
        self.repository.commit({"laik.yaml": text})
        self.repository.push()

    def begins(self, text: bytes = FIRST_TEXT) -> StandingPolicy:
        return self.in_force.begin(text, load_policy(text), USERS.get, ME)

    def admits(self, text: bytes, over: StandingPolicy | None) -> StandingPolicy:
        entry = operator_entry(change_to(text, (11, 12)), over)
        return self.in_force.admit(text, entry, over=over)

    def text(self) -> bytes:
        standing = self.in_force.standing()
        assert standing is not None
        return self.in_force.text(standing, self.mirror, path="d/kendali/laik.yaml")


@pytest.fixture
def laik(tmp_path: Path) -> Iterator[Installation]:
    store = open_store(f"sqlite:///{tmp_path / 'laik.db'}")
    repository = Repository(tmp_path)
    mirrors = Mirrors(tmp_path / "cermin", token_source=lambda: "", protocols=("file",))
    made = Installation(repository, mirrors, store, tmp_path / "keadaan")
    made.on_branch(FIRST_TEXT)
    yield made
    store.close()


def test_the_first_policy_is_taken_as_it_stands_with_the_accounts_of_its_owners(laik: Installation) -> None:
    assert laik.in_force.standing() is None
    standing = laik.begins()
    assert (standing.way, standing.owners, standing.seq) == ("first", {11, 12}, 1)
    assert (standing.digest, laik.copy.read_bytes()) == (digest_of_text(FIRST_TEXT), FIRST_TEXT)
    assert laik.text() == FIRST_TEXT


def test_the_blob_id_is_gits(laik: Installation) -> None:
    assert laik.begins().blob == laik.repository.git("rev-parse", "main:laik.yaml")


@pytest.mark.parametrize("harm", ["edited", "deleted", "link", "unreadable"])
def test_a_copy_that_was_harmed_is_read_from_the_control_project_again(laik: Installation, harm: str) -> None:
    laik.begins()
    laik.on_branch(OTHER_TEXT)
    elsewhere = laik.state / "lain"
    laik.copy.unlink()
    match harm:
        case "edited":
            laik.copy.write_bytes(FIRST_TEXT + b"\n")
        case "link":
            elsewhere.write_bytes(OTHER_TEXT)
            laik.copy.symlink_to(elsewhere)
        case "unreadable":
            laik.copy.write_bytes(FIRST_TEXT)
            laik.copy.chmod(0)
    assert laik.text() == FIRST_TEXT
    assert laik.copy.read_bytes() == FIRST_TEXT
    assert not laik.copy.is_symlink()
    if harm == "link":
        assert elsewhere.read_bytes() == OTHER_TEXT
    assert [one.name for one in laik.state.iterdir() if one.name.startswith(".")] == []


def test_a_copy_that_cannot_be_written_is_told_with_its_place(laik: Installation) -> None:
    laik.begins()
    laik.copy.unlink()
    (laik.copy / "isi").mkdir(parents=True)
    with pytest.raises(InvalidPolicy) as refusal:
        laik.text()
    assert str(laik.copy) in refusal.value.explain("id")
    assert "Singkirkan" in refusal.value.explain("id")
    assert [one.name for one in laik.state.iterdir()] == [COPY]


def test_history_that_was_rewritten_changes_nothing_while_a_copy_or_the_mirror_is_there(
    laik: Installation,
) -> None:
    laik.begins()
    laik.text()
    laik.repository.git("checkout", "-q", "--orphan", "baru")
    laik.repository.git("branch", "-q", "-D", "main")
    laik.repository.git("branch", "-q", "-m", "main")
    laik.on_branch(OTHER_TEXT)
    assert laik.text() == FIRST_TEXT
    laik.copy.unlink()
    assert laik.text() == FIRST_TEXT  # the mirror forgets no object


def test_a_text_that_is_nowhere_any_more_is_refused_with_what_to_do(laik: Installation) -> None:
    """Its copy was lost, history was rewritten, and garbage was collected."""
    laik.begins()
    laik.repository.git("checkout", "-q", "--orphan", "baru")
    laik.repository.git("branch", "-q", "-D", "main")
    laik.repository.git("branch", "-q", "-m", "main")
    laik.on_branch(OTHER_TEXT)
    folder = laik.mirror.folder
    for command in (("reflog", "expire", "--expire=now", "--all"), ("gc", "-q", "--prune=now")):
        subprocess.run(["git", *command], cwd=folder, check=True, env={"PATH": os.environ["PATH"]})
    laik.copy.unlink()
    with pytest.raises(InvalidPolicy) as refusal:
        laik.text()
    told = refusal.value.explain("id")
    assert "d/kendali/laik.yaml" in told
    assert f"Pulihkan {COPY} dari cadangan" in told
    assert "laik policy admit" in told
    laik.copy.write_bytes(FIRST_TEXT)
    assert laik.text() == FIRST_TEXT


def test_another_blob_of_that_id_would_not_be_believed(laik: Installation) -> None:
    """The id is git's SHA-1: it finds the text and is never trusted."""
    laik.begins()
    laik.on_branch(OTHER_TEXT)
    laik.mirror  # noqa: B018 - fetched, so that the blob is there
    entry = {**operator_entry(change_to(OTHER_TEXT, (11, 12)), laik.in_force.standing()), "digest": "9" * 64}
    laik.store.ledger.append(POLICY, "policy", entry, at=AT, expect=1)
    laik.copy.unlink()
    with pytest.raises(InvalidPolicy):
        laik.text()


def test_an_admission_cut_off_before_its_entry_leaves_the_policy_as_it_was(laik: Installation) -> None:
    laik.begins()
    laik.copy.write_bytes(OTHER_TEXT)  # kept, and then the machine went down
    assert laik.text() == FIRST_TEXT
    assert laik.copy.read_bytes() == FIRST_TEXT


def test_an_admission_cut_off_after_its_entry_is_in_force_though_its_copy_is_not_there(
    laik: Installation,
) -> None:
    standing = laik.begins()
    laik.on_branch(OTHER_TEXT)
    laik.admits(OTHER_TEXT, standing)
    laik.copy.write_bytes(FIRST_TEXT)
    assert laik.text() == OTHER_TEXT


def test_of_two_that_begin_at_once_one_loses(laik: Installation) -> None:
    laik.begins()
    with pytest.raises(LedgerConflict):
        laik.begins(OTHER_TEXT)
    assert laik.text() == FIRST_TEXT


def test_what_was_judged_over_another_policy_is_not_admitted(laik: Installation) -> None:
    """The attack: two processes, or one and a hand; agreements over the one would count over the other."""
    before = laik.begins()
    other = laik.admits(OTHER_TEXT, before)
    with pytest.raises(LedgerConflict):
        laik.admits(FIRST_TEXT + b"# x\n", before)
    assert laik.in_force.standing() == other
    back = laik.admits(FIRST_TEXT, other)
    assert back.digest == before.digest
    with pytest.raises(LedgerConflict):
        laik.admits(OTHER_TEXT, before)  # the same text, and not the same entry


def test_owners_are_people_of_this_forge_who_still_have_their_name(laik: Installation) -> None:
    text = TEXT.replace("[pemilik-1, pemilik-2]", "[pemilik-1, pemilik-2, laik, robot, hantu]")
    users = {**USERS, "laik": ME, "robot": User(13, "robot", "Robot", bot=True)}
    policy = load_policy(text)

    def named() -> dict[str, int | None]:
        found = laik.in_force.owners_of(policy, users.get, ME)
        return {name: user.id if user else None for name, user in found.items()}

    assert named() == {"pemilik-1": 11, "pemilik-2": 12, "laik": None, "robot": None, "hantu": None}
    learnt = {"name": digest_of_text(b"pemilik-2"), "account": 12}
    laik.store.ledger.append("!akun", "account", learnt, at=AT, expect=0)
    users["pemilik-2"] = User(77, "pemilik-2", "Lain")
    assert named()["pemilik-2"] is None
