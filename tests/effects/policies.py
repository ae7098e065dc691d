"""Policies in tests: another one written on the branch, and brought into force as who runs laik can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from automation.proposedpolicy import admit_by_hand, look_at_branch
from automation.wiring import Laik


def bring_into_force(laik: Laik) -> None:
    """What stands on the branch is the policy from here on."""
    seen = look_at_branch(laik.forge, laik.office, laik.known, datetime.now(UTC))
    if seen.differs:
        admit_by_hand(laik.office, seen)


@contextmanager
def other_policy(laik: Laik, project: Any, old: str, new: str) -> Iterator[str]:
    """The policy in force with one text replaced, and afterwards as it was; its text.

    ``project`` is the control project in python-gitlab, as somebody who may push there.
    """
    file = project.files.get("laik.yaml", ref="main")
    before = file.decode().decode()
    assert old in before, old
    try:
        yield _written(laik, file, before.replace(old, new))
    finally:
        _written(laik, file, before)


def _written(laik: Laik, file: Any, text: str) -> str:
    file.content = text
    file.save(branch="main", commit_message="Ubah kebijakan")
    bring_into_force(laik)
    return text
