"""Who may what, on the running forge: a case keeps its agency, reviewers do not approve their own work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from automation.core.errors import InvalidPolicy
from automation.demo import documents
from automation.demo import organisation as org
from automation.reconciler import HOSTING
from automation.wiring import build
from tests.effects.policies import other_policy
from tests.effects.world import SHORT, World


@pytest.fixture(scope="module")
def waiting(world: World) -> tuple[str, int]:
    """A case whose hosting merge request only waits for an approval, and its number."""
    key = world.with_evidence("wewenang")
    number = world.ask({"permohonan/wewenang.yaml": world.request_text(key, "wewenang", "wewenang")})
    world.settle(key)
    return key, number


def members(world: World, key: str) -> set[str]:
    listed = world.project(f"berkas/{key.lower()}").members.list(get_all=True)
    return {member.username for member in listed}


def test_an_agency_changed_after_acceptance_lets_nobody_new_in_and_is_named(world: World) -> None:
    key = world.accepted("pindah-dinas")
    before = members(world, key)
    body = documents.request_form(org.OTHER_AGENCY, slug="pindah-dinas")
    body = body.replace("lombok-tengah", SHORT).replace("php-laravel", "base")
    world.team.edit_issue(org.CONTROL, int(key[8:]), body)
    world.settle(key)
    assert members(world, key) == before
    assert org.OTHER_HEAD not in before
    card = world.cards(org.CONTROL, int(key[8:]))[0]
    assert "kasus ini milik 'dinkes'" in card
    world.team.edit_issue(
        org.CONTROL, int(key[8:]), body.replace(f"\n{org.OTHER_AGENCY}\n", f"\n{org.AGENCY}\n")
    )
    world.settle(key)
    assert "kasus ini milik" not in world.cards(org.CONTROL, int(key[8:]))[0]


def test_a_reviewer_whose_address_stands_in_the_commits_may_not_approve_them(
    world: World, waiting: tuple[str, int]
) -> None:
    key, number = waiting
    branch = world.project(org.HOSTING).mergerequests.get(number).source_branch
    text = world.request_text(key, "wewenang", "wewenang") + b"# dirapikan\n"
    data = {
        "branch": branch,
        "commit_message": "Rapikan",
        "author_name": "Rekan",
        "author_email": f"{org.REVIEWERS[1]}@contoh.invalid",
        "actions": [{"action": "update", "file_path": "permohonan/wewenang.yaml", "content": text.decode()}],
    }
    world.team.project(org.HOSTING).commits.create(data)
    world.settle(key)
    world.approve_hosting(number)
    world.settle(key)
    assert world.memory(key).admitted is None
    assert any("tidak boleh menyetujui" in text for text in world.hosting_cards(number))


def test_a_request_by_someone_the_case_does_not_concern_takes_no_desk(
    world: World, waiting: tuple[str, int]
) -> None:
    key, number = waiting
    files = {"permohonan/serobot.yaml": world.request_text(key, "serobot", "wewenang")}
    branch = world.unique("serobot")
    world.commit(org.HOSTING, files, branch=branch, account=org.OTHER_TEAM)
    stranger = world.who(org.OTHER_TEAM).open_request(org.HOSTING, branch, "Permintaan orang lain")
    result = world.settle(HOSTING)
    assert key in result.follow
    assert any("tidak terdaftar" in text for text in world.hosting_cards(stranger))
    world.settle(key)
    assert f"Permintaan hosting untuk {key}" in world.hosting_cards(number)[0]
    assert not any(f"Permintaan hosting untuk {key}" in text for text in world.hosting_cards(stranger))


def test_the_card_counts_commits_that_came_after_the_named_one(
    world: World, waiting: tuple[str, int]
) -> None:
    key, number = waiting
    world.commit("aplikasi/wewenang", {"dokumen/catatan.md": b"# Catatan\n"})
    world.settle(key)
    assert "1 commit lebih baru" in world.hosting_cards(number)[0]


def test_a_token_of_another_account_than_the_policys_stops_everything_with_a_reason(world: World) -> None:
    """The same laik with somebody else's token: his cards would be nobody's, and his merges no admissions."""
    key = world.accepted("akun-lain")
    settings = replace(world.laik.settings, token=world.who(org.OWNER).token)
    other = build(settings, procedures=world.laik.procedures)
    try:
        with pytest.raises(InvalidPolicy, match=org.OWNER):
            other.reconciler.reconcile(key)
    finally:
        other.close()
    world.settle(key)


def test_a_policy_for_another_bot_account_is_not_brought_into_force_even_by_hand(world: World) -> None:
    key = world.accepted("akun-bukan")
    with (
        pytest.raises(InvalidPolicy, match="bukan-laik"),
        other_policy(world.laik, world.project(org.CONTROL), "bot: ", "bot: bukan-laik # "),
    ):
        pass
    world.settle(key)
