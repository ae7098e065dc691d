"""The other SOPs, end to end: each from its first step to its last, with all that is refused on the way.

Two on a forge that speaks as GitLab does, two on one that speaks as GitHub does; Lombok Tengah on both is in
``test_demo.py``.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from automation.collect.procedures import bundled
from automation.core.memory import Memory, remember
from automation.core.setupanswers import roles_asked
from automation.demo.organisation import CONTROL, Organisation
from automation.demo.plays import PLAYS
from automation.demo.run import Played, play, theatre, together, where_to_look
from automation.demo.scene import Play
from automation.demo.scenes import muara_enim_mandiri, muara_enim_pengembang
from automation.wiring import Laik

DIALECTS = {
    "bolmut": "github",
    "bali": "gitlab",
    "muara-enim-mandiri": "gitlab",
    "muara-enim-pengembang": "github",
}
EACH_PLAY = pytest.mark.parametrize("chosen", PLAYS.values(), ids=list(PLAYS))
Ended = tuple[Played, Laik, Organisation, dict[str, bool]]


@pytest.fixture(
    scope="module",
    params=[pytest.param(sop, marks=pytest.mark.xdist_group(f"play-{sop}")) for sop in DIALECTS],
)
def ended(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    sop, said = request.param, []
    cast = PLAYS[sop].cast
    with theatre(tmp_path_factory.mktemp("peragaan"), dialect=DIALECTS[sop], cast=cast) as stand:
        forge, laik, organisation, address = stand
        where = where_to_look(forge, laik, organisation, address)
        played = play(laik, organisation, where, say=said.append, begin=lambda _: None)
        refusals = [line for line in said if "DITOLAK" in line.upper()]
        told = {line.partition(":")[2].strip(): "TIDAK" not in line for line in refusals}
        yield played, laik, organisation, told


def memory(laik: Laik) -> Memory:
    return remember(laik.store.ledger.entries("PA-2026-0001"))


pytestmark = pytest.mark.timeout(600)


def test_every_step_is_really_closed_and_every_refusal_is_seen(ended: Ended) -> None:
    played, laik, organisation, told = ended
    chosen = PLAYS[organisation.cast.sop]
    assert set(memory(laik).closed) == {step.key for step in chosen.cast.procedure.steps}
    assert told == {name.replace("_", " "): True for name in chosen.expected}
    assert played.report["steps_done"] == played.report["steps_total"]
    assert played.report["dialect"] == DIALECTS[organisation.cast.sop]
    assert played.good


def test_the_case_is_answered_and_closed_and_what_was_attested_says_so(ended: Ended) -> None:
    organisation = ended[2]
    person = organisation[organisation.cast.reviewers[0]]
    is_open, labels = person.sees(CONTROL, 1)
    assert not is_open
    assert "fase::selesai" in labels
    card = next(text for author, text in person.reads(CONTROL, 1) if author == organisation.bot)
    attested = [step for step in organisation.cast.procedure.steps if step.completion == "attested"]
    assert card.count("selesai (dinyatakan") == len(attested)


def test_nobody_who_builds_is_let_into_the_case_file(ended: Ended) -> None:
    organisation = ended[2]
    case_file = f"{organisation.case_files}/pa-2026-0001"
    members = organisation[organisation.cast.reviewers[0]].members(case_file)
    building = {role.id for role in organisation.cast.procedure.roles if role.builds}
    held = {one for role in building for one in organisation.cast.office.get(role, ())}
    builders = held | set(organisation.cast.others) - {muara_enim_mandiri.ANALYST}
    assert not builders & members
    assert set(organisation.cast.staff) - held <= members


def test_a_finished_case_at_rest_costs_no_write(ended: Ended) -> None:
    laik = ended[1]
    plan = laik.reconciler.plan("PA-2026-0001")
    for _ in range(100):  # the play ends when the name is served, and laik may still have something to write
        if not plan:
            break
        time.sleep(0.3)
        plan = laik.reconciler.plan("PA-2026-0001")
    before = laik.forge.writes
    assert plan == laik.reconciler.plan("PA-2026-0001") == ()
    assert laik.forge.writes == before


def test_the_ledger_chain_is_whole_and_holds_no_names(ended: Ended) -> None:
    laik, organisation = ended[1], ended[2]
    assert laik.store.ledger.verify("PA-2026-0001") is None
    text = " ".join(str(dict(entry.body)) for entry in laik.store.ledger.entries("PA-2026-0001"))
    assert not [account for account in organisation.cast.accounts if account in text]


def test_the_ways_that_the_plays_take_are_those_of_the_sops(ended: Ended) -> None:
    acts = [(act.step, act.ruling) for act in memory(ended[1]).acts]
    taken = {
        "bolmut": [
            ("periksa-daftar-kebutuhan", "detoured"),
            ("periksa-ketersediaan", "detoured"),
            ("laporan-ketidaktersediaan", "resumed"),
            ("tanggapan-rencana", "refused"),
        ],
        "bali": [("diskusi-awal", "refused")],
        "muara-enim-mandiri": [("pelaksanaan-uat", "refused"), ("review-bersama", "refused")],
        "muara-enim-pengembang": [("monitoring-evaluasi", "noted"), ("review-bersama", "refused")],
    }
    for way in taken[ended[2].cast.sop]:
        assert way in acts, way
    assert acts.count(("tanggapan-rencana", "refused")) in {0, 2}


# ---- the plays as data


def test_every_sop_of_the_sources_has_a_play() -> None:
    assert set(PLAYS) <= set(bundled())
    assert sum(len(bundled()[sop].steps) for sop in PLAYS) == 62


@EACH_PLAY
def test_every_step_has_its_scene_in_order(chosen: Play) -> None:
    numbers = [scene.step for scene in chosen.scenes if scene.step]
    assert numbers == [step.number for step in chosen.cast.procedure.steps]


@EACH_PLAY
def test_the_cast_holds_every_role_that_a_policy_names(chosen: Play) -> None:
    sop = chosen.cast.procedure
    assert set(chosen.cast.office) == {role.id for role in roles_asked(sop, "dinas")}
    wanted = {role.id for role in roles_asked(sop, "perangkat_daerah")}
    assert all(set(held) == wanted for held in chosen.cast.agencies.values())


@EACH_PLAY
def test_every_refusal_has_a_name_of_its_own(chosen: Play) -> None:
    assert len(set(chosen.expected)) == len(chosen.expected) >= 3


def test_what_several_plays_came_to_is_told_together(ended: Ended) -> None:
    report = ended[0].report
    told = together([ended[0], ended[0]], seconds=12.345)
    assert told == {
        "sops": 2,
        "steps_done": 2 * report["steps_done"],
        "steps_total": 2 * report["steps_total"],
        "refusals_expected": 2 * report["refusals_expected"],
        "refusals_seen": 2 * report["refusals_seen"],
        "seconds": 12.3,
    }


def test_both_charts_of_muara_enim_are_played_by_the_same_office() -> None:
    assert muara_enim_mandiri.CAST.office == muara_enim_pengembang.CAST.office
