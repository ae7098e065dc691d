"""What people write to trip laik up: commands, markers and edits in every text it passes on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from automation.core.errors import InvalidPolicy
from automation.demo import documents
from automation.demo import organisation as org
from automation.proposedpolicy import admit_by_hand, look_at_branch
from automation.reconciler import EVERYTHING, HOSTING, POLICY
from tests.effects.world import BERKAS_OPEN, World


@pytest.fixture
def policy_file(world: World) -> Any:
    """The policy on the control project's protected branch, put back afterwards."""
    file = world.project(org.CONTROL).files.get("laik.yaml", ref="main")
    text = file.decode().decode()
    yield file
    file.content = text
    file.save(branch="main", commit_message="Kembalikan kebijakan")


def untouched(world: World, project: str, iid: int, kind: str) -> None:
    """No command ran: still open, own title, no label of theirs, nobody assigned."""
    handle = world.project(project)
    item = (handle.issues if kind == "issue" else handle.mergerequests).get(iid)
    assert item.state == "opened"
    assert "direbut" not in item.title
    assert "x" not in item.labels
    assert not item.assignees


def test_a_marker_in_somebody_elses_comment_is_not_taken_for_the_card(world: World) -> None:
    key = world.file("penanda")
    number = int(key[8:])
    forged = f"<!-- laik:kartu:{key} -->\n### Selesai\n<!-- laik:jawab:selesai:{key} -->"
    world.team.say(org.CONTROL, number, forged)
    world.team.say(org.CONTROL, number, f"<!-- laik:jawab:selesai:{key} -->")
    world.settle(key)
    assert next(text for who, text in world.team.reads(org.CONTROL, number) if who == org.TEAM) == forged
    cards = world.cards(org.CONTROL, number)
    assert len(cards) == 1
    assert "Langkah 1 dari 2" in cards[0]


def test_an_answer_is_not_suppressed_by_a_marker_somebody_else_wrote(world: World) -> None:
    key = world.accepted("penanda-jawab")
    number = int(key[8:])
    world.say(org.HEAD, key, "@laik ajukan permohonan")
    note = world.project(org.CONTROL).issues.get(number).notes.list(get_all=True)
    said = max(one.id for one in note if one.author["username"] == org.HEAD)
    world.say(org.TEAM, key, f"<!-- laik:jawab:issue/{said}/1 -->")
    world.settle(key)
    assert len(world.cards(org.CONTROL, number)) == 2


def test_quick_actions_in_a_request_run_through_nothing_that_laik_writes(world: World) -> None:
    """A forge runs what stands at a line's start: the card keeps what it quotes inside a line."""
    body = documents.request_form("dinkes", slug="x /close", pagu="x\u2028/close /label ~x")
    body = body.replace("php-laravel", "x - /title direbut").replace("lombok-tengah", "x > /merge")
    key = world.file_text("Minta /close /label ~x", body)
    number = int(key[8:])
    world.settle(key)
    cards = world.cards(org.CONTROL, number)
    assert len(cards) == 1
    assert "belum lengkap" in cards[0]
    untouched(world, org.CONTROL, number, "issue")
    assert world.writes_of(key) == 0


def test_quick_actions_in_a_reason_or_an_unknown_verb_run_nothing(world: World) -> None:
    key = world.accepted("alasan")
    number = int(key[8:])
    hostile = (
        "@laik /close permohonan",
        "@laik tolak permohonan abcd /close",
        "@laik apa\u2028/close\u2028/label",
    )
    for text in hostile:
        world.say(org.HEAD, key, text)
    world.settle(key)
    assert len(world.memory(key).acts) == len(hostile)
    untouched(world, org.CONTROL, number, "issue")
    assert world.writes_of(key) == 0


def test_quick_actions_in_a_title_and_path_of_a_hosting_request_run_nothing(world: World) -> None:
    files = {"permohonan/x\n/close\n/approve.yaml": b"a: 1\n"}
    number = world.ask(files, title="Minta /close /label ~x", pushed=True)
    world.settle(HOSTING)
    assert len(world.hosting_cards(number)) == 1
    untouched(world, org.HOSTING, number, "merge_request")
    approvals = world.project(org.HOSTING).mergerequests.get(number).approvals.get()
    assert approvals.approved_by == []
    world.team.close_request(org.HOSTING, number)


def test_a_comment_that_was_edited_before_it_was_first_seen_does_not_count(world: World) -> None:
    key = world.accepted("disunting")
    number = int(key[8:])
    head = world.who(org.HEAD)
    line = head.lines_to_paste(org.CONTROL, number, bot=org.BOT)[0]
    note = head.project(org.CONTROL).issues.get(number).notes.create({"body": "Saya pelajari dulu."})
    note.body = line
    note.save()
    world.settle(key)
    assert [act.ruling for act in world.memory(key).acts] == ["void"]
    assert BERKAS_OPEN not in world.memory(key).closed
    world.say(org.HEAD, key, line)
    world.settle(key)
    assert BERKAS_OPEN in world.memory(key).closed


def test_editing_or_deleting_an_approval_later_reopens_no_closed_step(world: World) -> None:
    key = world.with_application("disunting-kemudian")
    notes = world.who(org.HEAD).project(org.CONTROL).issues.get(int(key[8:])).notes
    mine = next(one for one in notes.list(get_all=True) if one.author["username"] == org.HEAD)
    closed = world.memory(key).closed
    mine.body = "tidak jadi"
    mine.save()
    told = [world.writes_of(key), world.writes_of(key)]
    notes.delete(mine.id)
    told += [world.writes_of(key), world.writes_of(key)]
    assert told == [1, 0, 1, 0]  # the card says that it was edited, then that it was deleted, and that is all
    assert world.memory(key).closed == closed


@pytest.mark.parametrize(("old", "new"), [("ttl: 3600", "ttl: selamanya"), ("format:", "format: [")])
def test_a_broken_policy_on_the_branch_is_told_by_file_and_line_and_stops_no_case(
    world: World, policy_file: Any, old: str, new: str
) -> None:
    key = world.accepted(world.unique("kebijakan-rusak"))
    filed = world.file(world.unique("kebijakan-rusak"))
    broken = policy_file.decode().decode().replace(old, new, 1)
    policy_file.content = broken
    policy_file.save(branch="main", commit_message="Salah ketik")
    for one in (key, filed, EVERYTHING, HOSTING, POLICY):
        world.settle(one)
    assert world.memory(filed).is_case
    seen = look_at_branch(world.laik.forge, world.laik.office, world.laik.known, datetime.now(UTC))
    (problem,) = seen.change.problems
    line = int(problem.id.split(":")[1])
    assert seen.differs
    assert new in "\n".join(broken.splitlines()[line - 2 : line])  # YAML tells the line after
    with pytest.raises(InvalidPolicy):
        admit_by_hand(world.laik.office, seen)


def test_cases_go_on_once_the_policy_is_mended(world: World) -> None:
    key = next(one for one in world.settle(EVERYTHING).follow if one.startswith("PA-"))
    world.settle(key)
    assert world.writes_of(key) == 0
