"""Answers that end a request early. They never leave the server: the dialect turns them into HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """The forge says no: an HTTP ``status`` and the JSON ``body`` of GitLab's wording."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.body = body
        super().__init__(f"{status} {dict(body)}")


def refused(status: int, message: Any) -> Refusal:
    """A refusal in GitLab's ``{"message": ...}`` shape."""
    return Refusal(status, {"message": message})


def not_found(what: str = "") -> Refusal:
    """404, as for a thing that is not there or that the account may not know of."""
    return refused(404, f"404 {what} Not Found" if what else "404 Not found")


def forbidden() -> Refusal:
    """403: the thing may be known, the act is not allowed."""
    return refused(403, "403 Forbidden")


def invalid(text: str) -> Refusal:
    """400 in the shape of GitLab's parameter validation."""
    return Refusal(400, {"error": text})
