from __future__ import annotations

from automation.core.memory import Memory, remember
from tests.core.cases import START, Entry


def ledger(*entries: tuple[str, dict[str, object]]) -> Memory:
    return remember(Entry(kind, at, body, START) for at, (kind, body) in enumerate(entries, 1))


def act(name: str, ruling: str = "approved", **more: object) -> tuple[str, dict[str, object]]:
    body: dict[str, object] = {"act": name, "step": "periksa", "ruling": ruling, "digest": "ab12"}
    return "act", {**body, "subjects": {"kak": "1"}, "account": 7, "body": "x", **more}


def admitted(number: int, path: str = "permohonan/a.yaml", *, removed: bool = False) -> tuple[str, dict]:
    body = {"path": path, "blob": f"blob{number}", "sha": "c", "decision": f"d{number}"}
    return "admitted", {**body, "merge_request": number, "merge_sha": "m", "removed": removed}


def test_an_empty_ledger_is_no_case() -> None:
    memory = ledger()
    assert not memory.is_case
    assert memory == Memory()


def test_a_case_keeps_the_sop_version_it_was_accepted_with() -> None:
    memory = ledger(("accepted", {"form": "f", "procedure": "kecil", "version": "2026.1"}))
    assert (memory.is_case, memory.procedure, memory.version) == (True, "kecil", "2026.1")
    assert memory.accepted_at == START


def test_a_case_keeps_the_digest_of_its_sop_and_has_the_new_versions_once_it_moved() -> None:
    accepted = ("accepted", {"form": "f", "procedure": "kecil", "version": "2026.1", "sop_digest": "a1"})
    moved = ("migrated", {"version": "2026.2", "offer": "o", "carried": {}, "sop_digest": "b2"})
    assert ledger(accepted).sop_digest == "a1"
    assert ledger(accepted, moved).sop_digest == "b2"


def test_entries_from_before_digests_were_kept_pin_the_version_alone() -> None:
    accepted = ("accepted", {"form": "f", "procedure": "kecil", "version": "2026.1"})
    moved = ("migrated", {"version": "2026.2", "offer": "o", "carried": {}})
    assert ledger(accepted).sop_digest == ""
    with_digest = ("accepted", {**accepted[1], "sop_digest": "a1"})
    assert ledger(with_digest, moved).sop_digest == ""  # what the version before said binds no more


def test_an_act_is_remembered_with_what_it_bound_to_and_when() -> None:
    (one,) = ledger(act("issue/1/0")).acts
    assert (one.act, one.ruling, one.digest, one.subjects) == ("issue/1/0", "approved", "ab12", {"kak": "1"})
    assert (one.account, one.at, one.seq) == (7, START, 1)


def test_a_ruling_that_nobody_knows_reads_as_void() -> None:
    assert ledger(act("issue/1/0", "disetujui")).acts[0].ruling == "void"
    assert ledger(act("issue/1/0", "")).acts[0].ruling == "void"


def test_an_entry_of_an_unknown_kind_changes_nothing_but_the_number() -> None:
    assert ledger(("deviation", {"path": "x"})) == Memory(seq=1)


def test_a_code_finds_every_digest_it_was_shown_for_once() -> None:
    shown = [("shown", {"step": step, "digest": digest, "subjects": {}}) for step, digest in
             (("kak", "ab12ff"), ("kak", "ab12ee"), ("kak", "ab12ff"), ("lain", "ab12dd"))]  # fmt: skip
    memory = ledger(*shown)
    assert [one.digest for one in memory.digests_shown("kak", "ab12")] == ["ab12ff", "ab12ee"]
    assert [one.digest for one in memory.digests_shown("kak", "ab12f")] == ["ab12ff"]
    assert memory.digests_shown("kak", "0000") == ()


def test_the_last_closing_of_a_step_counts() -> None:
    closings = [("closed", {"step": "kak", "digest": digest, "subjects": {}}) for digest in ("1", "2")]
    assert ledger(*closings).closed["kak"].digest == "2"


def test_every_merge_request_ever_admitted_is_remembered() -> None:
    memory = ledger(admitted(3), admitted(5))
    assert memory.admitted is not None
    assert memory.admitted.decision == "d5"
    assert memory.admissions == {3, 5}


def test_a_removal_takes_away_its_own_file_and_no_other() -> None:
    assert ledger(admitted(3), admitted(4, removed=True)).admitted is None
    kept = ledger(admitted(3), admitted(4, "permohonan/b.yaml", removed=True)).admitted
    assert kept is not None
    assert kept.path == "permohonan/a.yaml"


def test_reading_the_ledger_twice_gives_the_same() -> None:
    entries = [act("issue/1/0"), admitted(3), ("applied", {"decision": "d3"}), ("finished", {})]
    assert ledger(*entries) == ledger(*entries)
    assert ledger(*entries).finished
