"""Case keys: ``PA-<year filed>-<issue number>``."""

from __future__ import annotations

import re

from automation.core.errors import LaikError
from automation.core.text import Bilingual
from automation.forges.base import Issue

KEY = re.compile(r"PA-(\d{4})-(\d{4,})")


def issue_number(key: str) -> int:
    """``PA-2026-0042`` -> 42.

    Raises:
        LaikError: the key is no case key.
    """
    match = KEY.fullmatch(key)
    if match is None:
        raise LaikError(
            Bilingual(f"'{key}' bukan kunci kasus.", f"'{key}' is no case key."),
            remedy=Bilingual("Tulis seperti PA-2026-0042.", "Write it like PA-2026-0042."),
        )
    return int(match[2])


def case_key(issue: Issue) -> str:
    """The key of the case an issue is: the year it was filed and its number."""
    return f"PA-{issue.created_at.year:04d}-{issue.iid:04d}"
