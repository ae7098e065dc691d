from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from automation.core.errors import LedgerConflict
from automation.core.heldnames import AdmittedRow
from automation.core.policyadmission import standing_policy
from automation.store import Store, open_store
from automation.store.ledger import Entry

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
BLOB_A, BLOB_B = "a" * 40, "b" * 40
CASE, OTHER = "PA-2026-0001", "PA-2026-0002"


def admit(store: Store, case: str, path: str, blob: str, *, removed: bool = False) -> Entry:
    body = {
        "path": path,
        "blob": blob,
        "sha": "c" * 40,
        "decision": f"decision-{case}",
        "merge_request": 7,
        "merge_sha": "c" * 40,
        "removed": removed,
    }
    return store.ledger.append(case, "admitted", body, at=AT, expect=store.ledger.last_seq(case))


def test_an_appended_entry_is_read_back_as_it_was_answered(store: Store) -> None:
    first = store.ledger.append(CASE, "accepted", {"issue": 1, "tags": ["x"]}, at=AT, expect=0)
    second = store.ledger.append(CASE, "closed", {"ok": True, "by": None}, at=AT, expect=1)
    assert store.ledger.entries(CASE) == (first, second)
    assert (first.seq, second.seq, second.previous) == (1, 2, first.digest)
    assert store.ledger.last_seq(CASE) == 2
    assert second.at == AT


def test_cases_are_listed_in_the_order_of_their_first_entry(store: Store) -> None:
    store.ledger.append(OTHER, "accepted", {}, at=AT, expect=0)
    store.ledger.append(CASE, "accepted", {}, at=AT, expect=0)
    store.ledger.append(OTHER, "closed", {}, at=AT, expect=1)
    assert store.ledger.cases() == (OTHER, CASE)


def test_cases_whose_clock_turns_are_found_by_their_last_turn_alone(store: Store) -> None:
    def turn(case: str, near: int, due: int) -> None:
        moments = {
            name: (AT + timedelta(minutes=after)).isoformat()
            for name, after in (("near", near), ("due", due))
        }
        store.ledger.append(case, "turn", moments, at=AT, expect=store.ledger.last_seq(case))

    def halfway(case: str, after: int) -> None:
        body = {"half": (AT + timedelta(minutes=after)).isoformat(), "near": "", "due": ""}
        store.ledger.append(case, "turn", body, at=AT, expect=store.ledger.last_seq(case))

    def found(after: int, until: int) -> tuple[str, ...]:
        return store.ledger.turning(AT + timedelta(minutes=after), AT + timedelta(minutes=until))

    assert found(0, 100) == ()
    turn(CASE, 10, 20)
    turn(OTHER, 50, 60)
    store.ledger.append(CASE, "turn", {"near": "", "due": ""}, at=AT, expect=1)
    assert found(0, 40) == ()
    turn(CASE, 30, 40)
    assert found(0, 29) == ()
    assert found(29, 30) == found(30, 41) == (CASE,)
    assert found(30, 40) == ()  # due at 40: late from then on, not at it
    assert found(40, 50) == (CASE, OTHER) or found(40, 50) == (OTHER, CASE)
    assert found(61, 99) == ()
    halfway(CASE, 70)
    assert found(61, 69) == found(70, 99) == ()
    assert found(69, 70) == (CASE,)


@pytest.mark.parametrize("expect", [0, 2])
def test_a_worker_who_has_not_seen_the_last_entry_loses(store: Store, expect: int) -> None:
    kept = store.ledger.append(CASE, "accepted", {}, at=AT, expect=0)
    with pytest.raises(LedgerConflict):
        store.ledger.append(CASE, "closed", {}, at=AT, expect=expect)
    assert store.ledger.entries(CASE) == (kept,)


def test_of_many_workers_that_saw_the_same_only_one_appends(store: Store) -> None:
    won, lost = [], []
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        try:
            won.append(store.ledger.append(CASE, "act", {}, at=AT, expect=0))
        except LedgerConflict as conflict:
            lost.append(conflict)

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (len(won), len(lost)) == (1, 5)


def test_the_digest_does_not_depend_on_key_order_or_time_zone(store: Store) -> None:
    here = AT.astimezone(timezone(timedelta(hours=8)))
    one = store.ledger.append(CASE, "act", {"a": 1, "b": 2}, at=AT, expect=0)
    with store.engine.connect() as connection:
        row = connection.execute(text("SELECT body, at FROM ledger")).one()
    assert (row.body, row.at) == ('{"a":1,"b":2}', "2026-03-02T08:00:00.000000Z")
    two = store.ledger.append(OTHER, "act", {"b": 2, "a": 1}, at=here, expect=0)
    assert (two.body, two.at) == (one.body, one.at)
    assert two.digest != one.digest, "the case is part of the digest"


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger SET body = '{}'", "DELETE FROM ledger", "DELETE FROM ledger WHERE seq = 2"],
)
def test_the_database_itself_refuses_to_change_the_ledger(store: Store, statement: str) -> None:
    store.ledger.append(CASE, "act", {"n": 1}, at=AT, expect=0)
    store.ledger.append(CASE, "act", {"n": 2}, at=AT, expect=1)
    with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
        connection.execute(text(statement))
    assert [entry.body["n"] for entry in store.ledger.entries(CASE)] == [1, 2]


@pytest.mark.parametrize("columns", ["case_key, seq", "position, case_key, seq"])
def test_replacing_an_entry_by_insert_is_refused_in_sqlite(tmp_path: Path, columns: str) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'laik.db'}")
    store.ledger.append(CASE, "act", {"n": 1}, at=AT, expect=0)
    values = "'PA-2026-0001', 1" if columns.startswith("case") else "1, 'PA-2026-0009', 1"
    statement = (
        f"INSERT OR REPLACE INTO ledger ({columns}, kind, body, at, previous, digest)"
        f" VALUES ({values}, 'act', '{{}}', 'x', '', 'x')"
    )
    with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
        connection.execute(text(statement))
    assert [entry.body["n"] for entry in store.ledger.entries(CASE)] == [1]
    store.close()


def _without_guard(store: Store, statement: str) -> None:
    """Change the ledger as somebody with the database file in hands could."""
    if store.engine.dialect.name == "sqlite":
        drop = ["DROP TRIGGER ledger_no_update", "DROP TRIGGER ledger_no_delete"]
    else:
        drop = ["DROP TRIGGER ledger_no_change ON ledger"]
    with store.engine.begin() as connection:
        for one in [*drop, statement]:
            connection.execute(text(one))


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE ledger SET body = '{\"n\"\\:9}' WHERE seq = 2", 2),
        ("UPDATE ledger SET at = '2026-03-01T08\\:00\\:00.000000Z' WHERE seq = 1", 1),
        ("UPDATE ledger SET kind = 'closed' WHERE seq = 3", 3),
        ("DELETE FROM ledger WHERE seq = 2", 2),
        ("DELETE FROM ledger WHERE seq = 1", 1),
    ],
)
def test_a_changed_or_missing_entry_is_found(store: Store, statement: str, broken: int) -> None:
    for number in range(3):
        store.ledger.append(CASE, "act", {"n": number}, at=AT, expect=number)
    assert store.ledger.verify(CASE) is None
    _without_guard(store, statement)
    assert store.ledger.verify(CASE) == broken


def test_an_empty_case_is_whole_and_has_no_entries(store: Store) -> None:
    assert store.ledger.verify(CASE) is None
    assert store.ledger.last_seq(CASE) == 0
    assert store.ledger.entries(CASE) == ()


def test_the_admitted_set_holds_the_latest_admission_of_each_path(store: Store) -> None:
    admit(store, CASE, "permohonan/a.yaml", BLOB_A)
    admit(store, OTHER, "permohonan/b.yaml", BLOB_A)
    admit(store, CASE, "permohonan/a.yaml", BLOB_B)
    assert store.ledger.admitted() == (
        AdmittedRow("permohonan/b.yaml", BLOB_A, OTHER, f"decision-{OTHER}", 1),
        AdmittedRow("permohonan/a.yaml", BLOB_B, CASE, f"decision-{CASE}", 2),
    )


def test_a_path_that_another_case_holds_is_not_admitted_until_its_holder_removed_it(store: Store) -> None:
    """Two workers, two cases, one name: whoever is admitted first keeps it, whatever the cases' numbers."""
    admit(store, OTHER, "permohonan/a.yaml", BLOB_A)
    with pytest.raises(LedgerConflict):
        admit(store, CASE, "permohonan/a.yaml", BLOB_B)
    assert [(row.case, row.blob) for row in store.ledger.admitted()] == [(OTHER, BLOB_A)]
    assert store.ledger.entries(CASE) == ()
    admit(store, OTHER, "permohonan/a.yaml", BLOB_A, removed=True)
    admit(store, CASE, "permohonan/a.yaml", BLOB_B)
    assert [(row.case, row.blob) for row in store.ledger.admitted()] == [(CASE, BLOB_B)]


def test_what_was_intended_waits_until_it_is_admitted(store: Store) -> None:
    intent = {"merge_request": 7, "path": "permohonan/a.yaml", "blob": BLOB_A, "decision": "d"}
    store.ledger.append(CASE, "merge_intended", intent, at=AT, expect=0)
    assert [(row.case, row.path, row.blob) for row in store.ledger.intended()] == [
        (CASE, "permohonan/a.yaml", BLOB_A)
    ]
    admit(store, CASE, "permohonan/a.yaml", BLOB_A)
    assert store.ledger.intended() == ()


def test_a_removed_path_is_no_longer_admitted_and_can_come_back(store: Store) -> None:
    admit(store, CASE, "permohonan/a.yaml", BLOB_A)
    admit(store, CASE, "permohonan/a.yaml", "", removed=True)
    assert store.ledger.admitted() == ()
    admit(store, CASE, "permohonan/a.yaml", BLOB_B)
    assert [row.blob for row in store.ledger.admitted()] == [BLOB_B]


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": ""},
        {"blob": "abc"},
        {"blob": BLOB_A.upper()},
        {"removed": "false"},
        {"decision": 3},
        {"extra": 1},
    ],
)
def test_an_admission_that_apply_could_misread_is_never_recorded(store: Store, wrong: dict) -> None:
    right = {"path": "p", "blob": BLOB_A, "decision": "d", "merge_request": 1, "merge_sha": "c" * 40}
    with pytest.raises(ValueError, match="admission"):
        store.ledger.append(CASE, "admitted", {**right, "removed": False, **wrong}, at=AT, expect=0)
    assert store.ledger.last_seq(CASE) == 0


POLICY_ENTRY = {
    "digest": "a" * 64,
    "blob": BLOB_A,
    "before": "",
    "owners": [11, 12],
    "way": "first",
    "merge_request": 0,
    "merge_sha": "",
    "merged_by": 0,
    "agreed": [],
}


def test_an_admission_of_policy_is_read_back_as_what_is_in_force(store: Store) -> None:
    agreed = [{"account": 11, "act": "merge_request/1/0", "body": "e" * 64}]
    store.ledger.append("!kebijakan", "policy", POLICY_ENTRY, at=AT, expect=0)
    later = {**POLICY_ENTRY, "way": "owners", "digest": "b" * 64, "merge_request": 5, "agreed": agreed}
    store.ledger.append("!kebijakan", "policy", later, at=AT, expect=1)
    standing = standing_policy(store.ledger.entries("!kebijakan"))
    assert standing is not None
    assert (standing.seq, standing.digest, standing.owners) == (2, "b" * 64, {11, 12})
    assert (standing.way, standing.merge_request, standing.acts) == ("owners", 5, {"merge_request/1/0"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"digest": "a" * 63},
        {"digest": "A" * 64},
        {"digest": 7},
        {"owners": ["11"]},
        {"owners": [True]},
        {"owners": "11"},
        {"way": "siapa saja"},
        {"merge_request": "5"},
        {"merged_by": None},
        {"agreed": {}},
        {"agreed": [11]},
        {"agreed": [{"account": "11", "act": "a", "body": "b"}]},
        {"agreed": [{"account": 11, "act": "a", "body": "b", "name": "pemilik-1"}]},
        {"extra": 1},
    ],
)
def test_an_admission_of_policy_that_could_be_misread_is_never_recorded(store: Store, wrong: dict) -> None:
    with pytest.raises(ValueError, match="admission of policy"):
        store.ledger.append("!kebijakan", "policy", {**POLICY_ENTRY, **wrong}, at=AT, expect=0)
    assert store.ledger.last_seq("!kebijakan") == 0


def test_an_admission_of_policy_without_one_of_its_fields_is_never_recorded(store: Store) -> None:
    for name in POLICY_ENTRY:
        rest = {key: value for key, value in POLICY_ENTRY.items() if key != name}
        with pytest.raises(ValueError, match="admission of policy"):
            store.ledger.append("!kebijakan", "policy", rest, at=AT, expect=0)


@pytest.mark.parametrize("body", [{"x": 1.5}, {"x": [float("nan")]}, {"x": object()}, {"x": "y" * 70_000}])
def test_a_body_without_one_spelling_or_too_large_is_refused(store: Store, body: dict) -> None:
    with pytest.raises(ValueError, match="ledger entry"):
        store.ledger.append(CASE, "act", body, at=AT, expect=0)


def test_an_unknown_kind_and_a_time_without_zone_are_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="kind"):
        store.ledger.append(CASE, "acccepted", {}, at=AT, expect=0)
    with pytest.raises(ValueError, match="zone"):
        store.ledger.append(CASE, "accepted", {}, at=AT.replace(tzinfo=None), expect=0)


def test_text_that_no_database_stores_as_is_comes_back_unchanged(store: Store) -> None:
    odd = {"x": "\x00\ud800é\U0001f600"}
    entry = store.ledger.append(CASE, "act", odd, at=AT, expect=0)
    assert store.ledger.entries(CASE)[0].body == odd
    assert json.dumps(odd) == json.dumps(dict(entry.body))
    assert store.ledger.verify(CASE) is None


def test_a_case_with_a_finished_entry_is_not_unfinished(store: Store) -> None:
    for case in ("PA-2026-0002", "PA-2026-0001", "PA-2026-0003"):
        store.ledger.append(case, "accepted", {}, at=AT, expect=0)
    store.ledger.append("PA-2026-0001", "finished", {}, at=AT, expect=1)
    store.ledger.append("PA-2026-0001", "applied", {}, at=AT, expect=2)
    assert store.ledger.unfinished() == ("PA-2026-0002", "PA-2026-0003")


def revoke(store: Store, case: str, path: str, blob: str) -> None:
    body = {
        "act": "issue/1/0",
        "account": 7,
        "body": "f",
        "path": path,
        "blob": blob,
        "decision": f"cabut-{path}",
    }
    store.ledger.append(case, "revoked", body, at=AT, expect=store.ledger.last_seq(case))


def test_a_revoked_file_is_admitted_no_more_and_stays_its_cases_own(store: Store) -> None:
    admit(store, CASE, "permohonan/a.yaml", BLOB_A)
    admit(store, OTHER, "permohonan/b.yaml", BLOB_B)
    revoke(store, CASE, "permohonan/a.yaml", BLOB_A)
    assert [row.path for row in store.ledger.admitted()] == ["permohonan/b.yaml"]
    (gone,) = store.ledger.released()
    assert (gone.path, gone.blob, gone.case, gone.held) == ("permohonan/a.yaml", BLOB_A, CASE, True)
    with pytest.raises(LedgerConflict):
        admit(store, OTHER, "permohonan/a.yaml", BLOB_B)


def test_a_case_revokes_its_own_name_and_no_others(store: Store) -> None:
    admit(store, CASE, "permohonan/a.yaml", BLOB_A)
    revoke(store, OTHER, "permohonan/a.yaml", BLOB_A)
    assert [row.case for row in store.ledger.admitted()] == [CASE]
    assert store.ledger.released() == ()


def test_a_name_comes_back_with_a_later_admission_and_is_free_once_it_was_removed(store: Store) -> None:
    admit(store, CASE, "permohonan/a.yaml", BLOB_A)
    revoke(store, CASE, "permohonan/a.yaml", BLOB_A)
    admit(store, CASE, "permohonan/a.yaml", BLOB_B)
    assert [row.blob for row in store.ledger.admitted()] == [BLOB_B]
    assert store.ledger.released() == ()
    admit(store, CASE, "permohonan/a.yaml", "", removed=True)
    assert [(row.held, row.blob) for row in store.ledger.released()] == [(False, "")]
    admit(store, OTHER, "permohonan/a.yaml", BLOB_B)
    assert [row.case for row in store.ledger.admitted()] == [OTHER]


def test_a_revocation_overtakes_what_was_meant_before_it(store: Store) -> None:
    body = {"merge_request": 3, "path": "permohonan/a.yaml", "blob": BLOB_A, "decision": "d"}
    store.ledger.append(CASE, "merge_intended", body, at=AT, expect=0)
    revoke(store, CASE, "permohonan/a.yaml", BLOB_A)
    assert store.ledger.intended() == ()


def test_a_decision_that_was_not_read_back_yet_is_known_by_its_case(store: Store) -> None:
    def applied(case: str, decision: str) -> None:
        last = store.ledger.last_seq(case)
        store.ledger.append(case, "applied", {"decision": decision}, at=AT, expect=last)

    admit(store, CASE, "permohonan/a.yaml", BLOB_A)
    assert store.ledger.unapplied() == (CASE,)
    applied(CASE, f"decision-{CASE}")
    assert store.ledger.unapplied() == ()
    revoke(store, CASE, "permohonan/a.yaml", BLOB_A)
    assert store.ledger.unapplied() == (CASE,)
    applied(CASE, "cabut-permohonan/a.yaml")
    assert store.ledger.unapplied() == ()
