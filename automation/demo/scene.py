"""What a play is made of: its cast, its scenes in order, and the refusals that must be seen in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from automation.demo.cast import Cast
from automation.demo.stage import Stage


@dataclass(frozen=True)
class Scene:
    """One scene: ``step`` is the number of the SOP step it completes, 0 for a scene beside the SOP."""

    step: int
    title: str
    play: Callable[[Stage], None]


@dataclass(frozen=True)
class Play:
    """A SOP from its first step to its last.

    Attributes:
        cast: who plays.
        scenes: in order.
        expected: names of the refusals that must be seen.
        hosting: whether a name is served in the end.
    """

    cast: Cast
    scenes: tuple[Scene, ...]
    expected: tuple[str, ...]
    hosting: bool = False
