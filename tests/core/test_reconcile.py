from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automation.core.finding import Outcome
from automation.core.gate import HOSTING_CHECK
from automation.core.memory import remember
from automation.core.plan import Answer, CloseIssue, PostStatus, Relabel, Remark, Remember, WriteCard
from automation.core.reconcile import ShownState, difference, remembers, with_shown
from tests.core.cases import (
    BROKEN,
    COMMIT,
    FLAWED,
    GOOD,
    IDS,
    ISSUE,
    REQUEST,
    ROLES,
    UNKNOWN,
    Case,
    FakeCheck,
    finding,
    lombok_case,
    ready_for_hosting,
    small_case,
    walk_to,
)

quickly = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
STATUS = PostStatus(3, COMMIT, "laik/sop", "pending", "Belum", "")


# the difference


def test_a_card_is_written_once_and_then_edited_only_when_it_says_something_else() -> None:
    wish = WriteCard(ISSUE, "kartu", None)
    assert difference([wish], ShownState()) == (wish,)
    assert difference([wish], ShownState(cards={ISSUE: (9, "kartu\n")})) == ()
    assert difference([wish], ShownState(cards={ISSUE: (9, "lain")})) == (WriteCard(ISSUE, "kartu", 9),)


def test_a_status_is_posted_only_when_it_differs() -> None:
    key = (3, COMMIT, "laik/sop")
    assert difference([STATUS], ShownState(statuses={key: ("pending", "Belum", True)})) == ()
    assert difference([STATUS], ShownState(statuses={key: ("success", "Belum", True)})) == (STATUS,)


def test_details_alone_are_a_difference_only_where_the_forge_tells_of_them() -> None:
    key = (3, COMMIT, "laik/sop")
    wish = replace(STATUS, summary="Kurang satu.", remarks=(Remark("a.yaml", 5, "Salah."),))
    standing = {key: ("pending", "Belum", True)}
    assert difference([wish], ShownState(statuses=standing)) == ()
    assert difference([wish], ShownState(statuses=standing, details={key: wish.details_digest})) == ()
    for other in ("", "0123456789abcdef", STATUS.details_digest):
        assert difference([wish], ShownState(statuses=standing, details={key: other})) == (wish,)


def test_every_part_of_the_details_is_in_their_digest() -> None:
    said = replace(STATUS, summary="Kurang.", remarks=(Remark("a.yaml", 5, "Salah.", "syarat"),))
    (remark,) = said.remarks
    changed = [
        replace(said, summary="Cukup."),
        replace(said, remarks=()),
        replace(said, remarks=(remark, remark)),
        *(
            replace(said, remarks=(one,))
            for one in (
                replace(remark, path="b.yaml"),
                replace(remark, line=6),
                replace(remark, text="Lain."),
                replace(remark, title="lain"),
            )
        ),
    ]
    digests = [one.details_digest for one in (STATUS, said, *changed)]
    assert len(set(digests)) == len(digests)
    assert STATUS.details_digest == ""


def test_a_status_that_somebody_else_posted_in_our_name_is_written_over() -> None:
    key = (3, COMMIT, "laik/sop")
    assert difference([STATUS], ShownState(statuses={key: ("pending", "Belum", False)})) == (STATUS,)


def test_only_labels_that_are_missing_or_stale_are_written() -> None:
    wish = Relabel(ISSUE, ("fase::awal", "giliran::a"), ("fase::akhir",))
    assert difference([wish], ShownState(labels=("fase::awal", "giliran::a"))) == ()
    shown = ShownState(labels=("fase::awal", "fase::akhir"))
    assert difference([wish], shown) == (Relabel(ISSUE, ("giliran::a",), ("fase::akhir",)),)


def test_an_answer_is_given_once_and_a_closed_issue_is_not_closed_again() -> None:
    answer, close = Answer(ISSUE, "m", "b"), CloseIssue(ISSUE)
    assert difference([answer, close], ShownState()) == (answer, close)
    assert difference([answer, close], ShownState(answers=frozenset({"m"}), issue_open=False)) == ()


# decisions


def test_what_a_card_will_show_is_remembered_before_it_is_shown() -> None:
    case = small_case()
    kinds = [change.kind for change in case.plan() if isinstance(change, Remember)]
    assert kinds == ["closed", "turn", "shown"]
    assert isinstance(case.plan()[0], Remember)


def test_a_digest_that_was_shown_before_is_not_remembered_again() -> None:
    case = small_case()
    case.settle()
    assert remembers(case.decide()) == []
    assert with_shown(case.decide()).memory == case.decide().memory


def test_each_act_is_ruled_on_once_however_often_it_is_read() -> None:
    case = small_case()
    case.pastes("teknis-1")
    case.said = case.said * 3
    case.settle()
    acts = [act.act for act in case.memory.acts]
    assert len(acts) == len(set(acts)) == 1


def test_several_acts_at_once_are_ruled_in_the_order_they_were_given() -> None:
    case = small_case()
    case.settle()
    line = re.findall(r"^@laik setuju .*$", case.card(), re.MULTILINE)[0]
    first = case.says("teknis-1", line)
    second = case.says("teknis-2", line.replace("setuju", "revisi") + " terlambat")
    case.settle()
    assert (case.ruling(first), case.ruling(second)) == ("approved", "void")


def test_a_whole_case_of_lombok_tengah_comes_to_its_end() -> None:
    case = walk_to(lombok_case(), "tindak-lanjut-hosting")
    case.pastes("kepala-diskominfo")
    assert case.done == 14
    case.asks()
    case.pastes_hosting("teknis-2")
    case.settle()
    assert (case.done, case.open_step, case.memory.finished, case.issue_open) == (15, None, True, False)
    assert case.settle() == 0


def test_a_case_stays_open_while_its_name_is_not_read_back() -> None:
    case = ready_for_hosting()
    case.read_back = False
    case.pastes_hosting("teknis-1")
    for _ in range(5):
        case.carry_out(case.plan())
    assert (case.memory.admitted is not None, case.open_step, case.issue_open) == (True, "sajikan", True)
    case.read_back = True
    case.settle()
    assert case.memory.finished


def test_an_older_merge_is_not_admitted_again_over_a_newer_one() -> None:
    case = ready_for_hosting()
    case.read_back = False
    case.pastes_hosting("teknis-1")
    for _ in range(3):
        case.carry_out(case.plan())
    case.asks(iid=8, blob="1" * 40)
    case.cards.pop(REQUEST, None)
    line = re.findall(r"^@laik .*$", case.hosting_card(), re.MULTILINE)[0]
    case.carry_out(tuple(change for change in case.plan() if isinstance(change, Remember)))
    case.says("teknis-2", line, REQUEST)
    case.read_back = True
    case.settle()
    admitted = case.memory.admitted
    assert admitted is not None
    assert (admitted.merge_request, case.memory.admissions) == (8, {7, 8})
    assert [one.kind for one in case.entries].count("admitted") == 2


@pytest.mark.parametrize("stop", range(12))
def test_a_plan_cut_off_anywhere_is_made_good_by_the_next_run(stop: int) -> None:
    case = ready_for_hosting()
    case.says("orang-lain", "@laik setuju hosting 0000", REQUEST)
    case.pastes_hosting("teknis-1")
    for _ in range(3):
        case.carry_out(case.plan()[:stop])
    case.settle()
    assert case.memory.finished == (not case.issue_open) is True
    assert any("selesai" in text for text in case.answers.values())


# properties

ACCOUNTS = ("teknis-1", "teknis-2", "kepala-diskominfo", "vendor-maju", "orang-lain")
VERBS = (
    "setuju naskah",
    "revisi naskah",
    "nyatakan-aman keamanan",
    "temuan keamanan",
    "disposisi tindak-lanjut",
)
speech = st.tuples(
    st.just("say"), st.sampled_from(ACCOUNTS), st.sampled_from(VERBS), st.integers(0, 6), st.integers(0, 12)
)
content = st.tuples(
    st.just("content"),
    st.sampled_from(("naskah", "scan", "surat")),
    st.sampled_from((*GOOD.values(), "kedua", FLAWED, BROKEN, UNKNOWN)),
)
meddling = st.tuples(st.sampled_from(("edit", "delete", "repeat", "work")), st.integers(0, 5))
events = st.lists(st.one_of(speech, speech, speech, content, meddling), max_size=14)


def play(case: Case, happenings: list[tuple[object, ...]]) -> None:
    """Let it happen; laik looks after each event but those that only are written."""
    for event in happenings:
        match event:
            case ("say", str(account), str(words), int(which), int(length)):
                # A code of anything ever shown, of any length, for the right step or a wrong one.
                shown = case.memory.shown
                code = shown[which % len(shown)].digest[:length] if shown else ""
                case.says(account, f"@laik {words} {code} alasan")
            case ("content", str(name), str(text)):
                case.content[name] = text
            case ("edit", int(at)) if case.said:
                case.edits(f"issue/{at % len(case.said) + 1}/0", "@laik setuju naskah")
            case ("delete", int(at)) if case.said:
                case.deletes(f"issue/{at % len(case.said) + 1}/0")
            case ("repeat", _) if case.said:
                case.said.append(case.said[-1])
            case _:
                case.settle()
    case.settle()


def assert_nothing_is_approved_that_should_not_be(case: Case) -> None:
    decision = case.decide()
    for state in decision.state.steps:
        if not state.complete or state.step.act is None:
            continue
        assert state.approval is not None
        assert state.approval.digest == state.digest
        holders = {IDS[name] for role in state.step.act.by for name in ROLES[role]}
        assert state.approval.account in holders
        assert all(found.holds for found in state.findings)
        assert case.content[state.step.judging.subjects[0]] not in {FLAWED, BROKEN, UNKNOWN}
        acts = case.memory.acts
        for at, refusal in enumerate(acts):
            if refusal.ruling != "refused" or refusal.step != state.step.key:
                continue
            if dict(refusal.subjects) != dict(state.subjects):
                continue
            assert any(
                (later.ruling, later.account, later.digest) == ("approved", refusal.account, refusal.digest)
                for later in acts[at:]
            )


@quickly
@given(events)
def test_whatever_happens_only_what_was_seen_and_allowed_is_approved(
    happenings: list[tuple[object, ...]],
) -> None:
    case = small_case()
    case.settle()
    play(case, happenings)
    assert_nothing_is_approved_that_should_not_be(case)


@quickly
@given(events)
def test_whatever_happens_deciding_twice_is_equal_and_the_second_time_nothing_is_written(
    happenings: list[tuple[object, ...]],
) -> None:
    case = small_case()
    play(case, happenings)
    assert case.decide() == case.decide()
    assert case.plan() == ()
    assert remember(case.entries) == case.memory
    acts = [act.act for act in case.memory.acts]
    assert len(acts) == len(set(acts))


def approvals() -> list[tuple[str, str]]:
    """The approvals of a whole small case in order: account and line."""
    case = small_case()
    lines = []
    for account in ("teknis-1", "teknis-2", "kepala-diskominfo"):
        case.pastes(account)
        lines.append((account, case.said[-1].body))
    return lines


APPROVALS = approvals()


def complete_after(acts: list[int], looks: list[bool]) -> int:
    """Steps complete after these acts; laik looks after an act where ``looks`` says so, and at the end."""
    case = small_case()
    case.settle()
    for at, number in enumerate(acts):
        case.says(*APPROVALS[number])
        if looks[at % len(looks)]:
            case.settle()
    case.settle()
    assert_nothing_is_approved_that_should_not_be(case)
    return case.done


@quickly
@given(st.lists(st.integers(0, 2), max_size=6), st.lists(st.booleans(), min_size=1, max_size=6), st.randoms())
def test_acts_in_any_order_lost_or_repeated_never_complete_more_than_in_order(
    acts: list[int], looks: list[bool], random: object
) -> None:
    shuffled = list(acts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    in_order = complete_after(sorted(set(acts)), [True])
    assert complete_after(shuffled, looks) <= in_order


@quickly
@given(events, st.randoms())
def test_comments_read_in_another_order_decide_the_same(
    happenings: list[tuple[object, ...]], random: object
) -> None:
    case = small_case()
    play(case, [event for event in happenings if event[0] in {"say", "content"}])
    before, entries = case.decide(), list(case.entries)
    case.entries = [one for one in entries if one.kind != "act"]
    first = case.decide()
    random.shuffle(case.said)  # type: ignore[attr-defined]
    assert case.decide() == first
    case.entries = entries
    assert case.decide() == before


HOSTILE = (
    "/approve",
    "\n/approve\n",
    "x\n/merge",
    "\r/close",
    "\u2028/assign @all",
    "<!-- laik:kartu:PA-2026-0042 -->",
    "@laik setuju naskah abcd",
    "```\n/approve",
    "| a | b |",
    "![x](https://jahat.example/x.png)",
    "Closes #1",
    "{{ 7*7 }}",
    "# Judul",
    "<script>",
    "> kutipan",
)
hostile = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=40),
    st.tuples(st.sampled_from(HOSTILE), st.text()).map("".join),
)


def outgoing_texts(case: Case) -> list[str]:
    return [body for _, body in case.cards.values()] + list(case.answers.values())


def assert_inert(text: str) -> None:
    for line in re.split("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", text):
        assert not re.match(r"\s*(?:[>*+-]\s*|\d+[.)]\s*)*/\w", line), line
    assert text.count("<!-- laik:") == 1, "nobody's text poses as a marker"
    assert text.startswith("<!-- laik:")
    outside = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    assert not re.search(r"@\w", outside), "nobody is called"
    assert "](https://jahat" not in outside
    assert not re.search(r"(?<!\\)<script", outside)


@quickly
@given(hostile, hostile, hostile)
def test_titles_and_reasons_never_become_commands_calls_or_markers(
    title: str, reason: str, seen: str
) -> None:
    case = small_case()
    case.title, case.request = title, None
    case.settle()
    line = re.findall(r"^@laik revisi .*$", case.card(), re.MULTILINE)[0]
    one_line = " ".join(reason.split())
    case.says("teknis-1", line.replace("<alasan>", f"sebab {one_line}"))
    case.says("orang-lain", f"@laik {one_line}")
    case.asks()
    bad = (finding(HOSTING_CHECK, Outcome.FAIL, seen=seen),)
    case.checks[HOSTING_CHECK] = FakeCheck(HOSTING_CHECK, answer=lambda view, subjects: bad)
    case.settle()
    assert case.open_step == "tulis"
    assert outgoing_texts(case)
    for text in outgoing_texts(case):
        assert_inert(text)
