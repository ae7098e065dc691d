"""What workers and doors need of a queue of keys, whichever engine keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many keys are in which state; keys whose last try failed, and keys given up on."""

    waiting: int
    delayed: int
    working: int
    stuck: tuple[str, ...]
    failing: tuple[str, ...] = ()


class WorkQueue(Protocol):
    """A queue of keys; see ``automation.queue.memory`` for what it promises."""

    def put(self, key: str) -> bool:
        """Ask for work on ``key``; False when the queue is closed and nothing was taken."""
        ...

    def get(self, timeout: float | None = None) -> str | None:
        """A key to work on now, which is the caller's until :meth:`done`; None when there is none."""
        ...

    def done(
        self, key: str, *, again_after: float | None = None, failed: bool = False, give_up: bool = False
    ) -> None:
        """Give a key back."""
        ...

    def stuck(self) -> tuple[str, ...]:
        """Keys given up on."""
        ...

    def state(self) -> QueueState:
        """The queue at this moment."""
        ...

    @property
    def closed(self) -> bool:
        """Whether no more work is handed out."""
        ...
