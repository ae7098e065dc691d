"""Who may act where the actor is a reading: whom the source may as well mean, until a region confirms it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from automation.collect.procedures import bundled
from automation.core.authority import deciders, stand_ins
from automation.core.confirmation import Confirmed, confirm
from automation.core.procedure import Procedure, Step

ALL = Confirmed(cabang="semua", pelaksana="semua")
EACH = pytest.mark.parametrize("sop", bundled().values(), ids=list(bundled()))


def read(sop: Procedure) -> Iterator[Step]:
    """Steps with an act whose actor is a reading."""
    for step in sop.steps:
        if step.act and any(actor.basis == "inferred" for actor in step.actors.responsible):
            yield step


@EACH
def test_whom_the_source_itself_marks_is_not_refused_on_a_reading(sop: Procedure) -> None:
    builders = {role.id for role in sop.roles if role.builds}
    for step in read(sop):
        stated = {one.role for one in step.actors.responsible if one.basis != "inferred"} - builders
        assert stated <= set(deciders(step)), step.key


@EACH
def test_a_region_that_confirms_the_actors_leaves_those_of_the_act_alone(sop: Procedure) -> None:
    for step in confirm(sop, ALL).steps:
        assert deciders(step) == (tuple(dict.fromkeys(step.act.by)) if step.act else ())


@EACH
def test_a_reading_of_who_acts_names_whom_else_the_source_may_mean(sop: Procedure) -> None:
    alone = [step.key for step in read(sop) if not stand_ins(step)]
    # The user's acceptance is no official's to give; `laik sop lint` remarks on it.
    assert alone == (["pelaksanaan-uat"] if sop.id == "muara-enim-mandiri" else [])


@EACH
def test_no_other_candidate_builds_the_application(sop: Procedure) -> None:
    builders = {role.id for role in sop.roles if role.builds}
    assert not [step.key for step in sop.steps if builders & set(stand_ins(step))]


def test_the_disposition_of_lombok_tengah_is_the_heads_once_the_region_says_so() -> None:
    sop = bundled()["lombok-tengah"]
    assert deciders(sop.step("tindak-lanjut-hosting")) == ("kepala_diskominfo", "tim_teknis_diskominfo")
    assert deciders(confirm(sop, ALL).step("tindak-lanjut-hosting")) == ("kepala_diskominfo",)
