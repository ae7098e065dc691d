"""An agreement that hangs on a document: with it every side speaks, without it the rest decides alone."""

from __future__ import annotations

from datetime import date

import pytest

from automation.collect.procedures import bundled
from automation.core.authority import disposed_apart
from automation.core.errors import InvalidProcedure
from automation.core.policy import load_policy
from automation.core.policylint import lockouts
from tests.core.branching import BRANCHING, agreed, branching, branching_case
from tests.core.cases import GOOD, POLICY, SMALL, Case, small_procedure
from tests.core.cases import ROLES as ROLES_OF_SMALL

HANGS = "by: [kadis, kabid], agree: each, agree_when: {document: berita_acara, otherwise: [kadis]}"
FLOW = "flow: {kind: linear, branches: [{when: selesai, on: completed, to: latih, basis: stated}]}"
LOOP = FLOW.replace("linear", "loop").replace(
    "stated}]", "stated}, {when: belum, on: refused, to: tugaskan, basis: stated}]"
)
TEXT = BRANCHING.replace("by: [kadis, kabid], quorum: 2", HANGS + ", refuse: revisi").replace(FLOW, LOOP)
HEAD, DIVISION = "kepala-diskominfo", "kabid"


def at_the_assignment(text: str = TEXT) -> Case:
    """A case whose next step wants a Berita Acara, by both, or a Surat Tugas, by the head alone."""
    case = agreed(branching_case(text=text))
    case.takes("kabid", "tersedia")
    case.takes("kasi", "buat-project")
    assert case.open_step == "tugaskan"
    return case


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("agree: each, agree_when", "agree_when", "agree: each"),
        ("document: berita_acara,", "document: proses,", "'proses'"),
        (", any_of: [[berita_acara, surat_tugas]]", "", "'berita_acara'"),
        ("any_of: [[berita_acara, surat_tugas]]", "any_of: [[berita_acara]]", "'berita_acara'"),
        ("otherwise: [kadis]", "otherwise: [kasi]", "'kasi'"),
        ("otherwise: [kadis]", "otherwise: [kadis, kabid]", "by"),
        ("otherwise: [kadis]", "otherwise: []", "otherwise"),
    ],
)
def test_what_it_hangs_on_may_be_missing_and_leaves_fewer_who_decide(old: str, new: str, named: str) -> None:
    assert TEXT.count(old) == 1
    assert branching(TEXT)
    with pytest.raises(InvalidProcedure) as caught:
        branching(TEXT.replace(old, new))
    place = str(caught.value)
    assert named in caught.value.message.id + place
    assert named in caught.value.message.en + place


def test_a_subject_that_is_not_known_to_be_missing_counts_as_there() -> None:
    act = branching(TEXT).step("tugaskan").act
    assert act is not None
    for subjects in ({}, {"berita_acara": "unknown:"}, {"berita_acara": "a1"}):
        assert act.applied_to(subjects) == act
    assert act.applied_to({"berita_acara": ""}).by == ("kadis",)


def test_a_step_that_stays_closed_stays_so_on_what_it_was_closed_on() -> None:
    kept = f"{HANGS}, refuse: revisi}}\n    binding: {{content: until_closed}}"
    case = at_the_assignment(TEXT.replace(f"{HANGS}, refuse: revisi}}", kept))
    case.takes(HEAD, "disposisi")
    assert case.open_step == "latih"
    case.content["berita_acara"] = "isi"
    case.settle()
    assert case.open_step == "latih"
    closed = case.decide().state.state("tugaskan")
    assert closed is not None
    assert closed.standing.missing == ()
    case.takes("kasi", "catat")
    assert case.memory.finished


def test_who_does_not_decide_without_the_document_may_not_send_it_back_either() -> None:
    case = at_the_assignment()
    assert case.ruling(case.takes(DIVISION, "revisi")) == "void"
    case.content["berita_acara"] = "isi"
    assert case.ruling(case.takes(DIVISION, "revisi")) == "refused"
    assert "Yang mengembalikan dapat menariknya" in case.card()


def test_a_refusal_is_held_and_taken_back_by_who_decided_on_what_was_refused() -> None:
    case = at_the_assignment()
    case.content["berita_acara"] = "isi"
    case.takes(DIVISION, "revisi")
    del case.content["berita_acara"]
    case.settle()
    assert "@laik disposisi surat" in case.card()  # other content, which the head alone decides on
    case.content["berita_acara"] = "isi"
    case.settle()
    assert case.ruling(case.takes(HEAD, "disposisi")) == "void"
    assert case.ruling(case.takes(DIVISION, "disposisi")) == "approved"
    case.takes(HEAD, "disposisi")
    assert case.open_step == "latih"


def test_who_decides_only_with_the_document_takes_no_refusal_back_that_was_given_without_it() -> None:
    case = at_the_assignment()
    case.takes(HEAD, "revisi")
    assert "Yang mengembalikan dapat menariknya" in case.card()
    case.roles = {**case.roles, "kadis": frozenset({"sekretaris"}), "kabid": frozenset({HEAD})}
    case.settle()
    assert "Yang mengembalikan tidak lagi memegang peran yang memutuskannya" in case.card()


def test_the_ledger_keeps_the_roles_that_decide_on_what_was_there() -> None:
    case = at_the_assignment()
    case.roles = {**case.roles, "kabid": case.roles["kabid"] | {HEAD}}
    case.takes(HEAD, "disposisi")
    (given,) = [one for one in case.memory.acts if one.step == "tugaskan"]
    assert given.roles == ("kadis",)


HOSTED = SMALL.replace(
    "about: tindak-lanjut, by: [kepala_diskominfo]}",
    "about: tindak-lanjut, by: [kepala_diskominfo, tim_teknis_diskominfo], agree: each,"
    " agree_when: {document: surat, otherwise: [kepala_diskominfo]}}",
).replace(
    "{subjects: [surat], checks: []}", "{subjects: [surat, naskah], checks: [], any_of: [[surat, naskah]]}"
)


def test_hosting_is_approved_by_another_than_whoever_could_dispose_without_the_document() -> None:
    step = disposed_apart(small_procedure(HOSTED))
    assert step is not None
    assert step.key == "sajikan"


def disposed_by(case: Case) -> frozenset[int]:
    hosting = case.decide().hosting
    assert hosting is not None
    return hosting.disposed_by


def test_of_two_who_disposed_without_the_document_each_is_free_to_approve_hosting() -> None:
    """Also in a finished case, whatever became of the document since."""
    roles = {**ROLES_OF_SMALL, "kepala_diskominfo": frozenset({HEAD, "teknis-1"})}
    case = Case(procedure=small_procedure(HOSTED), content=dict(GOOD), roles=roles)
    del case.content["surat"]
    case.pastes("teknis-1")
    case.pastes("teknis-1")
    line = next(one for one in case.card().splitlines() if one.startswith("@laik disposisi"))
    case.says("teknis-1", line)
    case.says(HEAD, line)
    case.asks()
    case.settle()
    assert disposed_by(case) == frozenset()
    case.pastes_hosting("teknis-1")
    case.settle()
    case._append("admitted", {**case.memory.intended[7], "merge_request": 7, "merge_sha": "9" * 40})
    case.settle()
    assert case.memory.finished
    case.content["surat"] = "sesudah selesai"
    case.asks(path="permohonan/lain.yaml", blob="a" * 40)
    case.settle()
    assert disposed_by(case) == frozenset()


BALI = (
    POLICY.replace("sop: [kecil]", "sop: [bali]")
    .replace("  kepala_diskominfo: [kepala-diskominfo]\n", "  ka_dinas: [kepala-diskominfo]\n")
    .replace("  tim_teknis_diskominfo: [teknis-1, teknis-2]\n", "  kabid_iai: [kabid]\n  kasi_ai: [kasi]\n")
    .replace("tim_teknis_pd: [tim-dinkes]", "pd: [tim-dinkes]")
)


def test_a_policy_in_which_one_side_of_the_agreement_is_nobody_is_refused() -> None:
    """Also where the rest could decide alone: a Berita Acara that is handed in would wait for nobody."""
    procedures, today = {"bali": bundled()["bali"]}, date(2026, 3, 2)
    assert lockouts(load_policy(BALI), procedures, today) == ()
    vacant = BALI.replace("kepala_pd: [kepala-dinkes], ", "")
    ((place, said),) = lockouts(load_policy(vacant), procedures, today)
    assert place == "perangkat_daerah.dinkes.peran.kepala_pd"
    assert "step 7 (berita-acara-surat-tugas)" in said.en
