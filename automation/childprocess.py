"""Programs that laik runs beside itself: no shell, a limit of time, nothing of laik's secrets around them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence

from automation.core.errors import LaikError

_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "HOME", "TMPDIR", "VIRTUAL_ENV", "PYTHONPATH")


def scrubbed() -> dict[str, str]:
    """The environment without anything of laik's own settings or any token."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ}


def ran(
    command: Sequence[str],
    seconds: int,
    environment: Mapping[str, str],
    refusal: Callable[[str], LaikError],
    *,
    given: bytes = b"",
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end; ``given`` is its standard input.

    Raises:
        LaikError: what ``refusal`` makes of it, when it cannot be run or takes too long.
    """
    try:
        return subprocess.run(  # noqa: S603 - a fixed program, or the one of the installation's settings
            command, capture_output=True, timeout=seconds, check=False, env=environment, input=given
        )
    except subprocess.TimeoutExpired:
        raise refusal(f"tidak selesai dalam {seconds} detik / not done in {seconds} seconds") from None
    except OSError as problem:
        raise refusal(f"tidak dapat dijalankan / cannot be run: {type(problem).__name__}") from None
