"""What keeps a proposed policy from coming into force, whoever agrees to it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from automation.collect.procedures import bundled
from automation.core.errors import LaikError
from automation.core.policy import Known, Policy, load_policy
from automation.core.policyadmission import StandingPolicy, bound_digest
from automation.forges.base import Forge, User
from automation.inforce import PolicyInForce, digest_of_text
from automation.observe.office import OfficeReader
from automation.proposedpolicy import TAKEN_AWAY, between, judged_change
from automation.store import open_store
from tests.core.cases import POLICY as TEXT
from tests.core.cases import START

ME = User(1, "laik-bot", "laik")
PEOPLE = {"pemilik-1": 11, "pemilik-2": 12}
CONTROL = load_policy(TEXT).proyek.kendali
NOTHING = Known(sops=frozenset(), roles=frozenset(), templates=frozenset())


@dataclass
class Desk:
    """A forge's people and places, and the policy in force over an empty ledger."""

    in_force: PolicyInForce
    me: User = ME
    control_path: str = CONTROL
    people: dict[str, int] = field(default_factory=lambda: dict(PEOPLE))
    missing: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def find_user(self, name: str) -> User | None:
        self.asked.append(name)
        number = self.people.get(name)
        return User(number, name) if number else None

    def _place(self, path: str) -> object:
        self.asked.append(path)
        return None if path in self.missing else object()

    find_project = find_group = _place

    def problems(self, text: str, *, standing: Policy | None = None) -> list[str]:
        change = judged_change(
            cast(Forge, self), cast(OfficeReader, self), standing, text.encode(), self.known(text), START
        )
        assert change.digest == digest_of_text(text.encode())
        return [one.id for one in change.problems]

    @staticmethod
    def known(text: str) -> Known:
        try:
            policy = load_policy(text)
        except LaikError:  # a broken one knows nothing
            return NOTHING
        roles = {*policy.peran, *(role for one in policy.perangkat_daerah.values() for role in one.peran)}
        return Known(frozenset(policy.sop), frozenset(roles), frozenset(policy.templat))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    store = open_store(f"sqlite:///{tmp_path / 'laik.db'}")
    yield Desk(PolicyInForce(store.ledger, tmp_path, now=cast(Any, None)))
    store.close()


def changed(old: str, new: str) -> str:
    assert old in TEXT, old
    return TEXT.replace(old, new)


def test_a_sound_policy_has_nothing_against_it_and_names_accounts(desk: Desk) -> None:
    assert desk.problems(TEXT) == []
    change = judged_change(
        cast(Forge, desk), cast(OfficeReader, desk), None, TEXT.encode(), desk.known(TEXT), START
    )
    assert change.owners == (11, 12)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("[pemilik-1, pemilik-2]", "[pemilik-1]", "2 pemilik yang berbeda"),
        ("[pemilik-1, pemilik-2]", "[pemilik-1, PEMILIK-1]", "2 pemilik yang berbeda"),
        ("[pemilik-1, pemilik-2]", "[pemilik-1, laik-bot]", "2 pemilik yang berbeda"),
        ("[pemilik-1, pemilik-2]", "[pemilik-1, pemilik-2, hantu]", "'hantu' bukan akun orang"),
        ("bot: laik-bot", "bot: lain", "menyebut 'lain'"),
        ("format: laik/kebijakan/1", "format: laik/kebijakan/2", "laik.yaml:"),
    ],
)
def test_what_would_lock_everyone_out_is_told(desk: Desk, old: str, new: str, told: str) -> None:
    assert any(told in one for one in desk.problems(changed(old, new)))


def test_two_names_of_one_account_are_one_owner(desk: Desk) -> None:
    """A forge may lead an old name to who had it."""
    desk.people["pemilik-2"] = 11
    assert any("akun yang sama" in one for one in desk.problems(TEXT))


def test_a_name_that_somebody_else_took_makes_it_another_change(desk: Desk) -> None:
    """The attack: one who is to own the policy gives his name up between agreement and merge."""
    text = changed("[pemilik-1, pemilik-2]", "[pemilik-1, pemilik-2, baru]")
    standing = StandingPolicy(1, "0" * 64, "b" * 40, frozenset({11, 12}), "first", START)
    digests = set()
    for number in (13, 66):
        desk.people["baru"] = number
        change = judged_change(
            cast(Forge, desk), cast(OfficeReader, desk), None, text.encode(), desk.known(text), START
        )
        assert change.owners == (11, 12, number)
        digests.add(bound_digest(change, standing))
    assert len(digests) == 2


def test_projects_that_are_one_another_are_told(desk: Desk) -> None:
    """Requests to the one would be read as the other's, and secret reports would lie open."""
    paths = load_policy(TEXT).proyek
    for name, other in (("hosting", "kendali"), ("rahasia", "hosting"), ("rahasia", "kendali")):
        text = TEXT.replace(f"{name}: {getattr(paths, name)}", f"{name}: {getattr(paths, other).upper()}")
        assert text != TEXT
        assert any("tiga proyek yang berbeda" in one for one in desk.problems(text)), name
    text = TEXT.replace(f"kendali: {paths.kendali}", "kendali: lain/kendali")
    assert any("milik" in one and "lain/kendali" in one for one in desk.problems(text))


def test_places_that_are_named_anew_must_be_there(desk: Desk) -> None:
    paths = load_policy(TEXT).proyek
    desk.missing = {"tiada/hosting"}
    text = TEXT.replace(f"hosting: {paths.hosting}", "hosting: tiada/hosting")
    assert any("'tiada/hosting' tidak ada" in one for one in desk.problems(text))
    desk.asked.clear()
    assert desk.problems(TEXT, standing=load_policy(TEXT)) == []
    assert desk.asked == ["pemilik-1", "pemilik-2"]  # what is in force already is not looked up again


def test_thousands_of_owners_are_not_looked_up(desk: Desk) -> None:
    """The attack: anybody who may push a branch proposes them, and the forge is asked for each of them."""
    many = ", ".join(f"a{at}" for at in range(20_000))
    assert desk.problems(changed("[pemilik-1, pemilik-2]", f"[{many}]"))
    assert desk.asked == []


def test_thousands_of_agencies_are_judged_in_bounded_time(desk: Desk) -> None:
    many = "".join(f"  a{at}: {{nama: A, peran: {{kepala_pd: [x{at}]}}}}\n" for at in range(3_000))
    text = changed("perangkat_daerah:\n", f"perangkat_daerah:\n{many}")
    procedures = bundled()
    roles = frozenset(role for one in procedures.values() for role in one.role_ids())
    known = Known(frozenset(procedures), roles, frozenset({"base", "php-laravel"}), procedures)
    text = text.replace("sop: [kecil]", f"sop: [{next(iter(procedures))}]")
    began = time.monotonic()
    judged_change(cast(Forge, desk), cast(OfficeReader, desk), None, text.encode(), known, START)
    between(load_policy(TEXT), text.encode())
    assert time.monotonic() - began < 60


def test_a_file_that_is_taken_away_cannot_come_into_force() -> None:
    assert (TAKEN_AWAY.digest, TAKEN_AWAY.owners) == ("", ())
    assert "dihapus" in TAKEN_AWAY.problems[0].id
    assert between(load_policy(TEXT), None) is None
    assert between(None, TEXT.encode()) is None
    assert between(load_policy(TEXT), b"format: [") is None
