"""Running the git program on one repository, in a scrubbed environment.

Arguments are lists, never a shell line; refs reach git as full names (``refs/heads/...``) or as object ids
checked here, so none can be read as an option. The environment has no system or user configuration, no
hooks, no prompt and no trace of the caller's own GIT_* variables.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from automation.core.text import Bilingual
from automation.localforge.gitrecords import GitFailed

__all__ = ["FULL_ID", "GitProgram", "clean_environment", "full_id", "git_program"]

FULL_ID = re.compile(r"[0-9a-f]{40}")
_TIMEOUT_SECONDS = 120.0


def git_program() -> str:
    """The full path of the git program.

    Raises:
        GitFailed: git is not installed.
    """
    found = shutil.which("git")
    if found is None:
        raise GitFailed(
            Bilingual("Program git tidak ditemukan.", "The git program was not found."),
            remedy=Bilingual("Pasang git >= 2.38.", "Install git >= 2.38."),
        )
    return found


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for git: PATH and nothing else of the caller's, plus ``extra``."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        **(extra or {}),
    }


class GitProgram:
    """A bare repository at ``path``. Holds no state besides the path; safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        fine: tuple[int, ...] = (0,),
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run git on this repository.

        Raises:
            GitFailed: the exit code is not one of ``fine``, or git took too long.
        """
        command = [
            git_program(),
            f"--git-dir={self.path}",
            "-c",
            f"core.hooksPath={os.devnull}",
            *arguments,
        ]
        try:
            done = subprocess.run(  # noqa: S603 - argument list, program from shutil.which, no shell
                command,
                input=stdin,
                capture_output=True,
                env=clean_environment(env),
                timeout=_TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise git_failed(arguments[0], "timeout") from None
        if done.returncode not in fine:
            raise git_failed(arguments[0], done.stderr.decode("utf-8", "replace"))
        return done

    def _out(self, *arguments: str, stdin: bytes = b"") -> bytes:
        return self._run(*arguments, stdin=stdin).stdout


def full_id(sha: str) -> str:
    """``sha`` if it is a full object id; anything else could be an option or an expression."""
    if not FULL_ID.fullmatch(sha):
        raise git_failed("sha", f"not a full object id: {sha[:60]!a}")
    return sha


def git_failed(command: str, why: str) -> GitFailed:
    detail = " ".join(why.split())[:300]
    return GitFailed(
        Bilingual(f"git {command} gagal: {detail}", f"git {command} failed: {detail}"),
        remedy=Bilingual("Periksa repositorinya dengan git fsck.", "Check the repository with git fsck."),
    )
