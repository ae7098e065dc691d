"""Durations in a SOP file: one that could not be read later is refused before any case runs on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.core.errors import InvalidProcedure
from automation.core.procedure import load_procedure
from checks import discover

SOURCE = (Path(__file__).parents[2] / "checks/sop/bali.yaml").read_text(encoding="utf-8")
CHECKS = frozenset(discover())
RANGE = '{raw: "1- 2 Jam", iso: PT1H, iso_max: PT2H}'


def refused(duration: str) -> tuple[int, str]:
    """Line and text of the one fault of Bali's SOP with this duration at step 2."""
    assert SOURCE.count(RANGE) == 1
    with pytest.raises(InvalidProcedure) as caught:
        load_procedure(SOURCE.replace(RANGE, duration), path="bali.yaml", checks=CHECKS)
    (fault,) = caught.value.faults
    return fault.where.line, fault.message.en


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        ('{raw: "1 Jam", iso: P}', "'P' cannot be read"),
        ('{raw: "1 Jam", iso: PT}', "'PT' cannot be read"),
        ('{raw: "1 Jam", iso: P1DT}', "'P1DT' cannot be read"),
        ('{raw: "99999 Hari", iso: P99999D}', "'P99999D' cannot be read"),
        ('{raw: "1 Jam", iso: PT1H, iso_max: PT}', "'PT' cannot be read"),
        ('{raw: "0 Hari", iso: P0D}', "No time at all"),
        ('{raw: "2-1 Jam", iso: PT2H, iso_max: PT1H}', "upper end is shorter"),
        ('{raw: "1 Jam", iso: null, iso_max: PT1H}', "upper end is shorter"),
        ("{raw: null, iso: P7D}", "A blank time gets no deadline"),
    ],
)
def test_a_duration_that_makes_no_deadline_is_refused_at_its_line(duration: str, said: str) -> None:
    line, text = refused(duration)
    assert said in text
    assert line == SOURCE[: SOURCE.index(RANGE)].count("\n") + 1


@pytest.mark.parametrize(
    "duration",
    [
        "{raw: null, iso: null}",
        '{raw: "menurut kontrak", iso: null}',
        '{raw: "1 Jam", iso: PT1H, iso_max: PT60M}',
    ],
)
def test_a_blank_time_and_words_that_give_no_number_stay_without_a_deadline(duration: str) -> None:
    sop = load_procedure(SOURCE.replace(RANGE, duration), path="bali.yaml", checks=CHECKS)
    assert sop.steps[1].duration.raw in {None, "menurut kontrak", "1 Jam"}
