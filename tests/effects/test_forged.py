"""What others write in laik's name or change in what it wrote: statuses, cards, answers, markers."""

from __future__ import annotations

from typing import Any

from automation.core.memory import Forged
from automation.demo import organisation as org
from automation.reconciler import HOSTING
from tests.effects.world import World


def notes(world: World, key: str, account: str = org.BOT) -> list[Any]:
    """An account's comments on a case as the administrator may edit them, oldest first."""
    listed = world.project(org.CONTROL).issues.get(int(key[8:])).notes.list(get_all=True, sort="asc")
    return [one for one in listed if one.author["username"] == account and not one.system]


def edited(note: Any, body: str) -> None:
    note.body = body
    note.save()


def forge_status(world: World, account: str, path: str, sha: str, name: str, state: str = "success") -> int:
    commit = world.who(account).project(path).commits.get(sha)
    return int(commit.statuses.create({"state": state, "name": name}).author["id"])


def light(world: World, path: str, sha: str, name: str) -> tuple[str, str]:
    newest = world.project(path).commits.get(sha).statuses.list(get_all=True, name=name)
    return newest[0].status, newest[0].author["username"]


def forgeries_of(world: World, key: str) -> list[Any]:
    return [one for one in world.laik.store.ledger.entries(key) if one.kind == "forged_status"]


def test_a_forged_status_is_written_over_remembered_once_and_told_on_the_card(world: World) -> None:
    key = world.with_application("palsu")
    path, sha = "aplikasi/palsu", world.head("aplikasi/palsu")
    before = light(world, path, sha, "laik/sop")
    assert before[1] == org.BOT
    forger = forge_status(world, org.REVIEWERS[0], path, sha, "laik/sop")
    assert light(world, path, sha, "laik/sop") == ("success", org.REVIEWERS[0])
    world.settle(key)
    world.settle(key)
    assert light(world, path, sha, "laik/sop") == before
    project = world.project(path).id
    assert world.memory(key).forged == (Forged(project, sha, "laik/sop", forger),)
    assert f"1 status atas nama laik dipasang akun lain (nomor akun {forger})" in notes(world, key)[0].body
    assert world.writes_of(key) == 0


def test_who_forges_again_and_again_gets_one_entry_and_no_more_posts_than_his_own(world: World) -> None:
    key = world.with_application("palsu-terus")
    path, sha = "aplikasi/palsu-terus", world.head("aplikasi/palsu-terus")
    forge_status(world, org.REVIEWERS[0], path, sha, "laik/sop")
    world.settle(key)
    for _ in range(6):
        forge_status(world, org.REVIEWERS[0], path, sha, "laik/sop")
        assert world.writes_of(key) == 1
    assert len(forgeries_of(world, key)) == 1
    assert light(world, path, sha, "laik/sop")[1] == org.BOT


def test_a_gate_of_ones_own_invention_is_remembered_and_not_answered(world: World) -> None:
    key = world.with_application("gerbang-karangan")
    path, sha = "aplikasi/gerbang-karangan", world.head("aplikasi/gerbang-karangan")
    for number in range(5):
        forge_status(world, org.REVIEWERS[0], path, sha, f"laik/karangan {number}")
    forge_status(world, org.REVIEWERS[0], path, sha, "ci/uji")
    assert world.writes_of(key) == 1  # the card that tells of it
    assert len(forgeries_of(world, key)) == 5
    assert "karangan" not in str([dict(one.body) for one in forgeries_of(world, key)])


def test_a_forged_status_on_a_request_without_a_case_is_remembered_too(world: World) -> None:
    number = world.ask({"permohonan/tanpa-kasus.yaml": b"a: 1\n"}, pushed=True)
    world.settle(HOSTING)
    sha = world.project(org.HOSTING).mergerequests.get(number).sha
    forger = forge_status(world, org.TEAM, org.HOSTING, sha, "laik/hosting")
    world.settle(HOSTING)
    assert light(world, org.HOSTING, sha, "laik/hosting") == ("failed", org.BOT)
    assert [one.body["account"] for one in forgeries_of(world, HOSTING)] == [forger]
    assert world.writes_of(HOSTING) == 0
    world.team.close_request(org.HOSTING, number)


def test_a_card_that_somebody_edited_says_again_what_is_true(world: World) -> None:
    key = world.accepted("kartu-disunting")
    card = notes(world, key)[0]
    true = card.body
    edited(card, true.replace("Langkah 1", "Langkah 2"))
    assert world.writes_of(key) == 1
    assert [one.body for one in notes(world, key)] == [true]


def test_a_card_that_lost_its_marker_becomes_the_card_again_and_gets_no_twin(world: World) -> None:
    key = world.accepted("kartu-tanpa-penanda")
    true = notes(world, key)[0].body
    for text in ("### Disetujui semua", f"x {true}", f"> {true}"):
        edited(notes(world, key)[0], text)
        assert (world.writes_of(key), world.writes_of(key)) == (1, 0)
        assert [one.body for one in notes(world, key)] == [true]


def test_an_answer_whose_marker_was_taken_away_is_not_given_again(world: World) -> None:
    key = world.accepted("jawaban-disunting")
    world.say(org.HEAD, key, "@laik ajukan permohonan")
    world.settle(key)
    assert len(notes(world, key)) == 2
    for text in ("Disetujui.", "<!-- laik:jawab:issue/1/0 -->\nDisetujui.", "x"):
        edited(notes(world, key)[1], text)
        assert world.writes_of(key) == 0
    notes(world, key)[1].delete()
    assert world.writes_of(key) == 0
    assert len(notes(world, key)) == 1


def test_a_marker_within_laiks_own_text_or_by_others_counts_for_nothing(world: World) -> None:
    key = world.accepted("penanda-orang")
    card = notes(world, key)[0].body
    for text in (card, f"<!-- laik:jawab:selesai:{key} -->", f"<!-- laik:kartu:{key} -->\nSelesai"):
        world.say(org.TEAM, key, text)
    world.settle(key)
    world.say(org.HEAD, key, f"@laik apa <!-- laik:kartu:{key} -->")
    world.settle(key)
    mine = notes(world, key)
    assert len(mine) == 2
    assert mine[0].body.startswith(f"<!-- laik:kartu:{key} -->")
    assert mine[1].body.startswith("<!-- laik:jawab:issue/")
    assert mine[1].body.count("<!--") == 1
    assert world.writes_of(key) == 0
