"""The programs that judge a candidate before it is served, found once and handed down.

``named-checkzone`` and ``nginx -t`` are the checkers of choice, because they are the programs that will
read the files. Where they are absent, dnspython and crossplane read the same files; every result names
the checkers it was judged by, so that nobody takes the weaker for the stronger.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from automation.core.errors import CheckFailed, Where
from automation.core.text import Bilingual

TIMEOUT_SECONDS = 60
# Debian keeps daemons in sbin, which the path of an ordinary user leaves out.
_SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


@dataclass(frozen=True, slots=True)
class Checkers:
    """Where the checking programs are; None where one is not installed."""

    named_checkzone: str | None = None
    nginx: str | None = None

    @classmethod
    def found(cls) -> Checkers:
        """What this machine has."""
        return cls(named_checkzone=find_program("named-checkzone"), nginx=find_program("nginx"))


def find_program(name: str) -> str | None:
    """The program's path on PATH or in the system's sbin folders, or None."""
    folders = os.pathsep.join([os.environ.get("PATH", ""), *_SYSTEM_FOLDERS])
    return shutil.which(name, path=folders)


def run_checker(arguments: Sequence[str], *, cwd: Path | None = None) -> tuple[int, str]:
    """Exit code and the whole output of one checker, in English, without our environment.

    Raises:
        CheckFailed: it could not be run or did not end in time.
    """
    environment = {"LC_ALL": "C", "PATH": os.environ.get("PATH", "")}
    try:
        done = subprocess.run(  # noqa: S603 - an argument list of our own, no shell
            list(arguments),
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        name = Path(arguments[0]).name
        raise CheckFailed(
            Bilingual(
                f"{name} tidak dapat dijalankan ({type(problem).__name__}).",
                f"{name} could not be run ({type(problem).__name__}).",
            ),
            remedy=Bilingual("Periksa pemasangannya, lalu ulangi.", "Look at its installation, then repeat."),
        ) from problem
    return done.returncode, done.stdout.decode("utf-8", "replace")


def refused(file: str, checker: str, output: str) -> CheckFailed:
    """A candidate file that ``checker`` refused, with the first lines of its reason."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    reason = " | ".join(lines[:5])[:600] or "-"
    return CheckFailed(
        Bilingual(f"{checker} menolak {file}: {reason}.", f"{checker} refused {file}: {reason}."),
        remedy=Bilingual(
            "Keadaan terakhir yang baik tetap disajikan; perbaiki permintaan atau kebijakan, lalu ulangi.",
            "The last good state stays served; mend the request or the policy, then repeat.",
        ),
        where=Where(file=file),
    )
