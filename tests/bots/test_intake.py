from __future__ import annotations

from dataclasses import replace

import pytest

from automation.bots import intake
from automation.bots.desk import card_marker
from automation.bots.intake import Intake
from automation.core.catalogue import sop_digest
from automation.core.memory import Memory
from automation.core.plan import Remember, WriteCard
from automation.core.policy import load_policy
from automation.core.reconcile import ShownState, difference
from tests.core.cases import ISSUE, KEY, POLICY, small_procedure
from tests.core.test_request import form, read

FORM = form()


def filed(body: str = FORM, *, author: str = "tim-dinkes", title: str = "Permohonan") -> Intake:
    procedure = small_procedure()
    return Intake(
        key=KEY,
        place=ISSUE,
        title=title,
        body=body,
        author=author,
        reading=read(body, title),
        policy=load_policy(POLICY),
        procedures={"lombok-tengah": procedure},
        memory=Memory(),
        filed="2026-03-02T01:00:00+00:00",
        shown=ShownState(),
    )


def card(one: Intake) -> str:
    (change,) = intake.wishes(one)
    assert isinstance(change, WriteCard)
    return change.body


def test_a_complete_request_becomes_a_case_under_the_sop_version_of_now() -> None:
    one = filed()
    (change,) = intake.wishes(one)
    assert isinstance(change, Remember)
    expected = {
        "form": one.reading.digest,
        "agency": "dinkes",
        "procedure": "kecil",
        "version": "2026.1",
        "sop_digest": sop_digest(small_procedure()),
        "filed": "2026-03-02T01:00:00+00:00",
    }
    assert (change.kind, change.body) == ("accepted", expected)


def test_an_incomplete_request_gets_one_card_naming_every_field() -> None:
    one = filed(form(dpa_tahun="dua ribu", dpa_pagu=None, slug="../x"))
    text = card(one)
    assert text.startswith(card_marker(KEY))
    assert len([line for line in text.splitlines() if line.startswith("- **")]) == 3


def test_the_card_is_edited_and_never_repeated() -> None:
    one = filed(form(dpa_tahun="dua ribu"))
    shown = ShownState(cards={ISSUE: (5, card(one))})
    assert difference(intake.wishes(one), shown) == ()
    other = filed(form(dpa_pagu=None))
    (change,) = difference(intake.wishes(other), shown)
    assert isinstance(change, WriteCard)
    assert change.comment_id == 5


def test_an_ordinary_issue_and_a_closed_one_are_left_alone() -> None:
    assert intake.wishes(filed("Server mati, tolong.")) == []
    closed = replace(filed(form(dpa_tahun="x")), shown=ShownState(issue_open=False))
    assert intake.wishes(closed) == []


@pytest.mark.parametrize("author", ["tim-dinkes", "Kepala-Dinkes", "teknis-1"])
def test_whoever_holds_a_role_in_the_agency_or_at_the_ict_agency_may_file(author: str) -> None:
    assert intake.complete(filed(author=author))


@pytest.mark.parametrize("author", ["orang-lain", "vendor-maju", ""])
def test_nobody_else_makes_a_repository_by_writing_an_issue(author: str) -> None:
    one = filed(author=author)
    assert not intake.complete(one)
    assert "tidak terdaftar pada perangkat daerah ini" in card(one)


def test_somebody_of_another_agency_does_not_file_for_this_one() -> None:
    policy = POLICY.replace(
        "hosting:\n  induk",
        "  lain: {nama: Dinas Lain, peran: {kepala_pd: [kepala-lain]}}\nhosting:\n  induk",
    )
    assert not intake.complete(replace(filed(author="kepala-lain"), policy=load_policy(policy)))


HOSTILE = ("/approve", "\n\n/close\n", "{{ 7 * 7 }}", "<!-- laik:kartu:PA-1 -->", "@all", "../../etc/passwd")


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_fields_stay_inert_on_the_card(text: str) -> None:
    for field in ("nama_aplikasi", "slug", "dpa_tahun", "sop", "perangkat_daerah"):
        body = card(filed(form(**{field: f"x {text}"}), author="@all"))
        assert not [line for line in body.splitlines() if line.lstrip(" -").startswith("/")]
        assert body.count("<!-- laik:") == 1
        assert "@all" not in body
