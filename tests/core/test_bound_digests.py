"""What an approval binds to, spelled out: of a step and of a hosting request.

The digests stand in ledgers and in what people pasted. Spelled differently by a newer laik, every approval
of every running case would lapse at once; with anything left out, one would outlive what it was given for.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from automation.core.case import StepState, judge_step
from automation.core.digest import digest_of
from automation.core.finding import Outcome
from automation.core.gate import FLOOR, HOSTING_CHECK, HostingVerdict, judge_hosting
from automation.core.memory import REVOKED, Memory, RuledAct
from tests.core.branching import agreed, branching_case
from tests.core.cases import (
    COMMIT,
    FLAWED,
    GOOD,
    HEAD,
    Case,
    FakeCheck,
    finding,
    ready_for_hosting,
    small_case,
    walk_to,
)

PATH, BLOB = "permohonan/antrean.yaml", "b" * 40
FLOOR_SUBJECTS = ("mockup", "uat_skenario", "uat_hasil", "code", "scan")


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def state_of(case: Case, key: str, memory: Memory | None = None) -> StepState:
    step = case.procedure.step(key)
    return judge_step(case.procedure, step, case.view(), memory or case.memory, case.checks)


def judged(case: Case, memory: Memory | None = None) -> HostingVerdict:
    decision = case.decide()
    assert decision.hosting is not None
    facts, known = decision.hosting.facts, memory or decision.memory
    return judge_hosting(case.procedure, decision.state, facts, case.view(), known, case.checks)


# a step


def bound(**changes: object) -> dict[str, object]:
    """What an approval of ``periksa`` binds to."""
    return {
        "procedure": ["kecil", "2026.1"],
        "step": "periksa",
        "checks": ["naskah_is_filled"],
        "act": {"verb": "setuju", "about": "naskah", "by": ["tim_teknis_diskominfo"], "refuse": "revisi"},
        "subjects": {"naskah": sha("naskah")},
        "findings": [["naskah_is_filled", "pass", "naskah"]],
        "policy": {},
        **changes,
    }


def test_an_approval_of_a_step_binds_to_exactly_this() -> None:
    assert state_of(small_case(), "periksa").digest == digest_of(bound())


def test_a_step_without_a_person_has_a_digest_without_an_act() -> None:
    assert state_of(small_case(), "tulis").digest == digest_of(bound(step="tulis", act=None))


def test_a_step_that_checks_nothing_and_sends_nothing_back_binds_to_its_letter() -> None:
    act = {"verb": "disposisi", "about": "tindak-lanjut", "by": ["kepala_diskominfo"], "refuse": None}
    expected = bound(step="sajikan", checks=[], act=act, subjects={"surat": sha("surat")}, findings=[])
    assert state_of(small_case(), "sajikan").digest == digest_of(expected)


def test_what_a_sop_asks_of_an_act_beyond_the_usual_is_bound_too() -> None:
    case = small_case()
    step = case.procedure.step("periksa")
    assert step.act is not None
    two = step.model_copy(update={"act": step.act.model_copy(update={"quorum": 2})})
    state = judge_step(case.procedure, two, case.view(), case.memory, case.checks)
    act = {"verb": "setuju", "about": "naskah", "by": ["tim_teknis_diskominfo"], "refuse": "revisi"}
    assert state.digest == digest_of(bound(act={**act, "quorum": 2}))


def test_a_step_binds_to_the_policy_its_checks_read_and_to_no_other() -> None:
    case = small_case()
    case.checks["naskah_is_filled"] = FakeCheck("naskah_is_filled", policy=("induk_domain", "belum_diisi"))
    case.slice = {"induk_domain": ["contoh.go.id"], "lain": 1}
    policy = {"induk_domain": ["contoh.go.id"], "belum_diisi": None}
    assert state_of(case, "periksa").digest == digest_of(bound(policy=policy))
    step = case.procedure.step("periksa")
    shows = step.model_copy(update={"binding": step.binding.model_copy(update={"policy": "never"})})
    state = judge_step(case.procedure, shows, case.view(), case.memory, case.checks)
    assert state.digest == digest_of(bound())


@pytest.mark.parametrize(
    ("content", "digest", "outcome"),
    [(FLAWED, sha(FLAWED), "fail"), ("rusak", f"unreadable:{sha('rusak')}", "error")],
)
def test_a_finding_is_bound_with_its_outcome_and_key(content: str, digest: str, outcome: str) -> None:
    expected = bound(subjects={"naskah": digest}, findings=[["naskah_is_filled", outcome, "naskah"]])
    assert state_of(small_case(naskah=content), "periksa").digest == digest_of(expected)


# a hosting request


def hosting(case: Case, **changes: object) -> dict[str, object]:
    """What an approval of the hosting request of ``case`` binds to."""
    floor = sorted([check, "pass", subject] for check in FLOOR for subject in FLOOR_SUBJECTS)
    return {
        "head": HEAD,
        "path": PATH,
        "blob": BLOB,
        "sha": COMMIT,
        "subjects": {
            "permohonan": digest_of([PATH, BLOB]),
            **{name: sha(GOOD[name]) for name in FLOOR_SUBJECTS},
        },
        "findings": sorted([[HOSTING_CHECK, "pass", "hosting"], *floor]),
        "steps": [[one.step.key, one.digest] for one in case.decide().state.steps],
        "procedure": ["kecil", "2026.1"],
        "policy": {},
        **changes,
    }


def test_an_approval_of_a_hosting_request_binds_to_exactly_this() -> None:
    case = ready_for_hosting()
    assert [one.step.key for one in case.decide().state.steps] == ["tulis", "periksa", "amankan", "sajikan"]
    assert judged(case).digest == digest_of(hosting(case))


def test_it_binds_to_the_policy_that_request_and_floor_read() -> None:
    case = ready_for_hosting()
    case.checks[HOSTING_CHECK] = FakeCheck(HOSTING_CHECK, policy=("perangkat_daerah", "belum_diisi"))
    case.checks[FLOOR[0]] = FakeCheck(FLOOR[0], policy=("pemindai",))
    case.slice = {"perangkat_daerah": {"dinkes": "Dinas Kesehatan"}, "pemindai": "trivy", "lain": 1}
    policy = {"perangkat_daerah": {"dinkes": "Dinas Kesehatan"}, "belum_diisi": None, "pemindai": "trivy"}
    assert judged(case).digest == digest_of(hosting(case, policy=policy))


def test_of_a_finished_case_it_binds_to_the_floor_and_no_step() -> None:
    case = ready_for_hosting()
    done = replace(case.memory, finished=True)
    assert judged(case, done).digest == digest_of(hosting(case, steps=[]))


def test_of_a_removal_it_binds_to_the_request_alone() -> None:
    case = ready_for_hosting()
    case.asks(removes=True, blob="", sha="")
    expected = hosting(
        case,
        blob="",
        sha="",
        subjects={"permohonan": digest_of([PATH, ""])},
        findings=[[HOSTING_CHECK, "pass", "hosting"]],
        steps=[],
    )
    assert judged(case).digest == digest_of(expected)


def test_no_approval_from_before_a_revocation_is_worth_anything_after_it() -> None:
    case = ready_for_hosting()
    memory = case.memory
    taken = RuledAct("issue/9/0", REVOKED, "noted", "", {}, 10, "", len(memory.acts) + 1)
    after = replace(memory, acts=(*memory.acts, taken))
    assert judged(case, after).digest == digest_of(hosting(case, revoked=["issue/9/0"]))


def test_the_verdict_names_the_digests_of_what_was_judged() -> None:
    case = ready_for_hosting()
    assert judged(case).subjects == hosting(case)["subjects"]
    case.asks(removes=True, blob="")
    assert judged(case).subjects == {"permohonan": digest_of([PATH, ""])}


# a step that was closed


def closed_case() -> Case:
    """``periksa`` was complete and keeps its completion whatever comes later."""
    case = small_case()
    steps = tuple(
        one.model_copy(update={"binding": one.binding.model_copy(update={"content": "until_closed"})})
        if one.key == "periksa"
        else one
        for one in case.procedure.steps
    )
    case.procedure = case.procedure.model_copy(update={"steps": steps})
    return walk_to(case, "amankan")


def test_a_step_that_keeps_its_completion_keeps_the_digest_it_was_closed_with() -> None:
    case = closed_case()
    before = state_of(case, "periksa")
    case.content["naskah"] = FLAWED
    after = state_of(case, "periksa")
    assert (after.digest, after.lapsed, after.kept, after.complete) == (before.digest, (), True, True)
    assert [one.outcome for one in after.findings] == [Outcome.FAIL]
    assert after.approval is not None


def test_a_step_that_keeps_its_completion_loses_it_when_it_is_sent_back() -> None:
    case = closed_case()
    memory = case.memory
    approval = memory.acts[-1]
    refusal = replace(approval, act="issue/99/0", ruling="refused", seq=memory.closed["periksa"].seq + 1)
    case.content["naskah"] = "naskah lain"
    state = state_of(case, "periksa", replace(memory, acts=(*memory.acts, refusal)))
    assert (state.kept, state.lapsed, state.complete) == (False, ("naskah",), False)


def test_a_step_that_keeps_its_completion_loses_it_with_its_approval() -> None:
    case = closed_case()
    memory = case.memory
    void = tuple(replace(one, ruling="void", voided="komentar") for one in memory.acts)
    state = state_of(case, "periksa", replace(memory, acts=void))
    assert (state.kept, state.complete, state.lapsed) == (False, False, ("komentar",))


def test_why_several_approvals_count_no_more_is_said_once_each() -> None:
    case = walk_to(small_case(), "amankan")
    memory = case.memory
    (given,) = [one for one in memory.acts if one.step == "periksa"]
    gone = tuple(
        replace(given, act=f"issue/{at}/0", ruling="void", voided=why)
        for at, why in enumerate(["peran", "komentar", "peran", ""])
    )
    elsewhere = replace(given, digest="0" * 64, ruling="void", voided="lain")
    state = state_of(case, "periksa", replace(memory, acts=(*gone, elsewhere)))
    assert state.lapsed == ("peran", "komentar")


def test_a_step_that_never_was_complete_has_lost_nothing() -> None:
    case = walk_to(small_case(), "amankan")
    memory = replace(case.memory, closed={})
    case.content["naskah"] = "naskah lain"
    assert state_of(case, "periksa", memory).lapsed == ()
    void = tuple(replace(one, ruling="void", voided="komentar") for one in memory.acts)
    case.content["naskah"] = "naskah"
    assert state_of(case, "periksa", replace(memory, acts=void)).lapsed == ()


def test_a_step_whose_findings_changed_alone_lapses_by_the_rules() -> None:
    case = walk_to(small_case(), "amankan")
    answer = (finding("naskah_is_filled", Outcome.PASS, key="bagian baru"),)
    case.checks["naskah_is_filled"] = FakeCheck("naskah_is_filled", answer=lambda view, subjects: answer)
    assert state_of(case, "periksa").lapsed == ("aturan",)


def test_a_step_that_keeps_its_completion_is_held_by_content_that_was_refused_before() -> None:
    case = closed_case()
    memory = case.memory
    old = replace(memory.acts[-1], act="issue/99/0", ruling="refused", digest="0" * 64, seq=1, account=99)
    refused = replace(old, subjects={"naskah": sha("naskah pertama")})
    case.content["naskah"] = "naskah pertama"
    state = state_of(case, "periksa", replace(memory, acts=(refused, *memory.acts)))
    assert (state.kept, state.held, state.given, state.complete) == (True, refused, False, False)


def test_an_approved_way_whose_own_check_holds_no_more_is_not_taken() -> None:
    case = agreed(branching_case())
    case.takes("kabid", "tersedia")
    assert state_of(case, "sediakan").given
    gone = (finding("tersedia", Outcome.FAIL),)
    case.checks["tersedia"] = FakeCheck("tersedia", answer=lambda view, subjects: gone)
    state = state_of(case, "sediakan")
    assert state.approval is not None
    assert (state.evidence_holds, state.given, state.complete) == (True, False, False)
