"""Bali with its continuation, end to end: a region that opts in gets from the request to the served name."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.demo.organisation import CONTROL
from automation.demo.run import play, theatre, where_to_look
from tests.bali_continuation import CAST, PLAY

pytestmark = pytest.mark.timeout(600)


def test_the_continuation_runs_from_the_agreement_to_the_handover(tmp_path: Path) -> None:
    said: list[str] = []
    with theatre(tmp_path, dialect="gitlab", cast=CAST) as (forge, laik, organisation, address):
        where = where_to_look(forge, laik, organisation, address)
        played = play(laik, organisation, where, say=said.append, begin=lambda _: None, chosen=PLAY)
        card = next(
            text for author, text in organisation["kasi-ai"].reads(CONTROL, 1) if author == organisation.bot
        )
    assert [line for line in said if "TIDAK" in line] == []
    assert played.report["steps_done"] == played.report["steps_total"] == 16
    assert played.report["hosting_merged"]
    assert played.good
    assert "**Selesai**: 16 dari 16 langkah." in card
    assert card.count("selesai (dinyatakan") == 1
