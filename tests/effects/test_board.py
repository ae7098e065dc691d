"""The Kasi's board on both forges, over real HTTP: the phase of each case, and the day its step is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from automation.collect.holidays import national_days
from automation.core.errors import ForgeRefused, ForgeUnreachable
from automation.core.policycalendar import CalendarPolicy, work_calendar
from automation.core.procedure import Procedure
from automation.core.text import Bilingual
from automation.demo import organisation as org
from automation.forges.base import Issue
from automation.reconciler import Result
from tests.effects.neutral import Neutral, neutral_world
from tests.effects.world import short_procedure
from tests.forges.world import board_shows

FIRST, LAST = "fase::permohonan", "fase::hosting"
WORDS = Bilingual("Tidak ada papan.", "No board.")


def of_unlike_steps() -> Procedure:
    """The short SOP with a day for its first step and three for its last."""
    short = short_procedure()
    first, last = short.steps
    longer = last.duration.model_copy(update={"iso": "P3D"})
    return short.model_copy(update={"steps": (first, last.model_copy(update={"duration": longer}))})


@pytest.fixture(scope="module", params=["gitlab", "github"])
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neutral]:
    folder = tmp_path_factory.mktemp(f"papan-{request.param}")
    with neutral_world(folder, request.param, procedure=of_unlike_steps()) as running:
        running.laik.organise()
        yield running


def issue_of(world: Neutral, key: str) -> Issue:
    found = world.laik.forge.get_issue(world.number(org.CONTROL), int(key[8:]))
    assert found is not None
    return found


def shows(world: Neutral, key: str) -> tuple[str | None, str | None]:
    """Lane and due date of a case on the board, as people see them."""
    issue = issue_of(world, key)
    if world.organisation.forge == "github":
        return board_shows(world.forge.engine, issue.project_id, issue.iid)
    lane = next((label for label in issue.labels if label.startswith("fase::")), None)
    return lane, issue.due.isoformat() if issue.due else None


def card(world: Neutral, key: str) -> str:
    """The card's text as people see it."""
    said = world.who(org.TEAM).reads(org.CONTROL, int(key[8:]))
    return next(text for author, text in said if author == world.organisation.bot)


def there(days: int) -> str:
    """The working day so many working days from today, where the office is."""
    now = datetime.now(UTC)
    calendar = work_calendar(CalendarPolicy(), "Asia/Makassar", national_days(now.year))
    return calendar.day_after(calendar.day_of(now), days).isoformat()


def settle(world: Neutral, key: str) -> Result:
    return world.laik.reconciler.reconcile(key)


def test_an_accepted_case_stands_in_its_lane_with_its_due_date(world: Neutral) -> None:
    key = world.filed("papan-satu")
    settle(world, key)
    assert shows(world, key) == (FIRST, there(1))


def test_the_next_step_moves_the_case_and_its_due_date(world: Neutral) -> None:
    key = world.with_application("papan-dua")
    assert shows(world, key) == (LAST, there(3))


def test_a_case_at_rest_is_not_looked_for_on_the_board(
    world: Neutral, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = world.with_application("papan-tiga")
    monkeypatch.setattr(world.laik.forge, "place_on_board", None)
    assert world.spent(lambda: settle(world, key)).writes == 0
    world.who(org.HEAD).say(org.CONTROL, int(key[8:]), "Terima kasih.")
    assert world.spent(lambda: settle(world, key)).writes == 0


def test_a_case_closed_by_hand_has_no_due_date(world: Neutral) -> None:
    key = world.with_application("papan-empat")
    world.laik.forge.close_issue(issue_of(world, key))
    settle(world, key)
    assert shows(world, key)[1] is None
    assert "tenggat" not in card(world, key)


def test_a_refused_board_is_told_and_keeps_nothing_else_from_being_shown(
    world: Neutral, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*told: Any) -> bool:
        raise ForgeRefused(WORDS, remedy=WORDS, status=403)

    monkeypatch.setattr(world.laik.forge, "place_on_board", refused)
    key = world.filed("papan-lima")
    told = settle(world, key)
    assert [str(problem) for problem in told.failed] == [str(ForgeRefused(WORDS, remedy=WORDS, status=403))]
    assert "tenggat" in card(world, key)
    assert FIRST in issue_of(world, key).labels
    again = settle(world, key)
    assert (again.changes, again.failed) == ((), ())


def test_a_board_that_was_not_reached_is_tried_again(world: Neutral, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*told: Any) -> bool:
        raise ForgeUnreachable(WORDS, remedy=WORDS)

    key = world.filed("papan-enam")
    with monkeypatch.context() as patch:
        patch.setattr(world.laik.forge, "place_on_board", away)
        with pytest.raises(ForgeUnreachable):
            settle(world, key)
    settle(world, key)
    assert shows(world, key) == (FIRST, there(1))
