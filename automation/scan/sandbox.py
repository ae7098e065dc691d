"""Runs one scanner over hostile files: limited, alone, without a network.

The runners read code that its builder shaped, so each runs with resource limits, a scrubbed environment,
a private folder as home and working folder, and a process group of its own that is killed whole.
Network: a fresh network namespace through ``unshare`` where the kernel lets us make one. Where it does
not (a locked-down container), the runners run all the same, since neither of them ever needs or tries a
connection; :func:`network_is_cut` says which it was, and the SARIF output records it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from automation.scan.limits import Limits

LAUNCHER = Path(__file__).with_name("launcher.py")


class RunnerFailed(Exception):
    """A runner did not answer as it should; ``reason`` is fit for a report (Indonesian, no file text)."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a runner wrote on standard output, and its exit code (negative: killed by that signal)."""

    output: bytes
    code: int


@lru_cache(maxsize=1)
def _network_cutter() -> tuple[str, ...]:
    """The command prefix that gives a process an empty network, or nothing when none works here."""
    unshare, true = shutil.which("unshare"), shutil.which("true")
    if not unshare or not true:
        return ()
    for prefix in ((unshare, "--map-root-user", "--net", "--"), (unshare, "--net", "--")):
        trial = subprocess.run([*prefix, true], capture_output=True, timeout=10, check=False)  # noqa: S603 - fixed words
        if trial.returncode == 0:
            return prefix
    return ()


def network_is_cut() -> bool:
    """Whether runners on this machine run without any network."""
    return bool(_network_cutter())


def environment(home: Path) -> Mapping[str, str]:
    """All that a runner gets to see of the environment."""
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(home), "TMPDIR": str(home)}


def run(arguments: Sequence[str], *, folder: Path, limits: Limits) -> Answer:
    """Run ``arguments`` (the program's full path first) in ``folder``.

    Raises:
        RunnerFailed: it could not be started, took too long, or was killed.
    """
    output = folder / "answer.out"
    command = [*_launcher(limits), *_network_cutter(), *arguments]
    with output.open("wb") as sink:
        process = subprocess.Popen(  # noqa: S603 - an argument list of our own, no shell
            command,
            cwd=folder,
            env=dict(environment(folder)),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        code = _wait(process, limits.wall_seconds)
    if code < 0 or code > 128:
        raise RunnerFailed(f"pemindai dihentikan sistem (batas waktu CPU atau memori, kode {code})")
    return Answer(output.read_bytes(), code)


def _launcher(limits: Limits) -> list[str]:
    numbers = (limits.cpu_seconds, limits.memory_bytes, limits.output_bytes, limits.open_files)
    return [sys.executable, "-I", "-S", str(LAUNCHER), *(str(number) for number in numbers)]


def _wait(process: subprocess.Popen[bytes], seconds: float) -> int:
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise RunnerFailed(f"pemindai melewati batas waktu {seconds:g} detik") from None
    finally:
        # The group outlives its leader when the leader left children behind: always end all of it.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
