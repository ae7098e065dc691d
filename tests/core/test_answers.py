"""The record of a repository tells an edited managed file from an old one."""

from __future__ import annotations

import pytest

from automation.core.answers import Change, digest, load_record, plan_update, write_record
from automation.core.errors import UnreadableDocument

OLD, NEW, EDITED = digest(b"old"), digest(b"new"), digest(b"edited")


def change(recorded: str | None, present: str | None) -> Change:
    (one,) = plan_update(
        {"a": b"new"}, {"a": recorded} if recorded else {}, {"a": present} if present else {}
    )
    return one.change


def test_an_update_tells_old_files_from_edited_ones() -> None:
    assert change(OLD, OLD) is Change.UPDATED
    assert change(OLD, EDITED) is Change.EDITED
    assert change(OLD, NEW) is Change.SAME
    assert change(OLD, None) is Change.NEW
    assert change(None, EDITED) is Change.EDITED


def test_a_file_the_template_dropped_is_left_to_the_repository() -> None:
    (one,) = plan_update({}, {"b": OLD}, {"b": OLD})
    assert one.change is Change.DROPPED


def test_the_record_survives_hostile_answers() -> None:
    hostile = {"a": 'x"\nberkas: {}\n# {{ y }}: *z &q', "b": ("- 1", "'"), "c": True, "d": 7}
    record = load_record(write_record("contoh", "2026.1", hostile, {"p/q": b"old"}))
    assert record.jawaban == hostile
    assert record.berkas == {"p/q": OLD}


def test_a_record_with_unknown_keys_is_refused() -> None:
    text = write_record("contoh", "2026.1", {}, {}) + b"lain: 1\n"
    with pytest.raises(UnreadableDocument, match="lain"):
        load_record(text)
