"""Asking for one fact at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from automation.core.errors import LaikError
from automation.core.health import Unread

T = TypeVar("T")


def ask(question: Callable[[], T]) -> T | Unread:
    """The answer, or why there is none. Only what laik expects to go wrong is caught: a defect shows."""
    try:
        return question()
    except LaikError as problem:
        return Unread(problem)
