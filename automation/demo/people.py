"""The people of the demonstration: an account each, acting through a forge client and real git pushes.

:class:`Person` says what a person of the play does, in words of no forge, and brings the git part, which is
the same everywhere; ``gitlabpeople`` and ``githubpeople`` do the rest with that forge's own client.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal["issue", "merge_request"]
PASTE = re.compile(r"```\n(@laik [^\n]+)\n```")
GIT_SECONDS = 120
GIT = shutil.which("git") or "git"


class Refused(Exception):
    """The forge said no to what a person tried; the message is what it told."""


class GitRefused(Refused):
    """The forge refused a push."""


@dataclass(frozen=True)
class Light:
    """The newest status of one context on a commit: ``pending``, ``running``, ``success`` or ``failed``."""

    state: str = ""
    author: str = ""


@dataclass
class Person(ABC):
    """One account: ``username`` and its token. A project is named by its path, a request by its number."""

    username: str
    url: str
    token: str = field(repr=False)

    @abstractmethod
    def file_issue(self, project: str, title: str, body: str) -> int:
        """File an issue; its number."""

    @abstractmethod
    def edit_issue(self, project: str, iid: int, body: str) -> None:
        """Change the text of one's issue."""

    @abstractmethod
    def say(self, project: str, iid: int, text: str, *, kind: Kind = "issue") -> None:
        """Comment on an issue or merge request."""

    @abstractmethod
    def reads(self, project: str, iid: int, *, kind: Kind = "issue") -> list[tuple[str, str]]:
        """Comments as (account, text), oldest first."""

    @abstractmethod
    def sees(self, project: str, iid: int) -> tuple[bool, frozenset[str]]:
        """Whether an issue is open, and its labels."""

    @abstractmethod
    def alarms(self, project: str, label: str) -> list[str]:
        """What is said on the open issues with a label."""

    @abstractmethod
    def open_request(self, project: str, branch: str, title: str, target: str = "main") -> int:
        """Open a merge request; its number."""

    @abstractmethod
    def merge(self, project: str, iid: int) -> None:
        """Merge a merge request as this person.

        Raises:
            Refused: the forge said no.
        """

    @abstractmethod
    def close_request(self, project: str, iid: int) -> None:
        """Close a merge request."""

    @abstractmethod
    def merged(self, project: str) -> dict[int, str]:
        """Every merged merge request, with who merged it by the forge's own record."""

    @abstractmethod
    def head(self, project: str, branch: str) -> str:
        """The commit a branch is at."""

    @abstractmethod
    def enters(self, project: str) -> bool:
        """Whether a repository with content is open to this person."""

    @abstractmethod
    def file(self, project: str, path: str) -> bytes:
        """A file on the default branch."""

    @abstractmethod
    def light(self, project: str, sha: str, context: str) -> Light:
        """The newest status of one context on a commit; empty while there is none."""

    @abstractmethod
    def forge_light(self, project: str, sha: str, context: str) -> None:
        """Post a green status under somebody else's name, in whatever way the forge lets this person."""

    @abstractmethod
    def allow_force_push(self, project: str, branch: str) -> None:
        """Take away what keeps the owner from replacing a protected branch."""

    @abstractmethod
    def members(self, project: str) -> frozenset[str]:
        """Everyone who was let into a project."""

    def arrives(self, project: str) -> None:  # noqa: B027 - most forges let members in without a step of theirs
        """What this person does before a project opens; nothing on most forges."""

    def lines_to_paste(self, project: str, iid: int, *, bot: str, kind: Kind = "issue") -> list[str]:
        """The commands laik's card offers, as this person would copy them."""
        cards = [body for author, body in self.reads(project, iid, kind=kind) if author == bot]
        return PASTE.findall(cards[0]) if cards else []

    def push(
        self,
        project: str,
        files: Mapping[str, bytes | None],
        message: str,
        *,
        branch: str = "main",
        start: str = "main",
        force: bool = False,
        rewrite: bool = False,
    ) -> str:
        """Clone, commit ``files`` (None deletes one) and push to ``branch``; the commit.

        ``rewrite`` makes the commit a new root, so that a forced push replaces all history; an empty
        repository gets its first commit so.

        Raises:
            GitRefused: the forge said no.
        """
        with tempfile.TemporaryDirectory(prefix="laik-peraga-") as folder:
            work = Path(folder) / "klon"
            self._clone(project, work)
            self._start(work, branch, start, rewrite=rewrite)
            for path, content in files.items():
                _put(work / path, content)
            self._git("-C", str(work), "add", "--all", "--force")
            self._git("-C", str(work), "commit", "--quiet", "--message", message)
            force_flag = ["--force"] if force else []
            self._git("-C", str(work), "push", "--quiet", *force_flag, "origin", f"HEAD:refs/heads/{branch}")
            return self._git("-C", str(work), "rev-parse", "HEAD").strip()

    def code_digest(self, project: str, sha: str) -> str:
        """The digest of a commit's tree without ``dokumen/``, from this person's own clone."""
        with tempfile.TemporaryDirectory(prefix="laik-peraga-") as folder:
            work = Path(folder) / "klon"
            self._clone(project, work)
            listing = self._git("-C", str(work), "ls-tree", "-r", sha)
        rows = [line.split(None, 3) for line in listing.splitlines()]
        kept = sorted(
            (path.encode(), mode, blob) for mode, _, blob, path in rows if not path.startswith("dokumen/")
        )
        text = b"".join(f"{mode} {blob} ".encode() + path + b"\n" for path, mode, blob in kept)
        return hashlib.sha256(text).hexdigest()

    def _clone(self, project: str, work: Path) -> None:
        self.arrives(project)
        self._git("clone", "--quiet", f"{self.url}/{project}.git", str(work))

    def _start(self, work: Path, branch: str, start: str, *, rewrite: bool) -> None:
        heads = self._git("-C", str(work), "branch", "--remotes", "--list", f"origin/{branch}")
        if rewrite:
            self._git("-C", str(work), "checkout", "--quiet", "--orphan", "tulis-ulang")
        elif heads.strip():
            self._git("-C", str(work), "checkout", "--quiet", "-B", branch, f"origin/{branch}")
        else:
            self._git("-C", str(work), "checkout", "--quiet", "-B", branch, f"origin/{start}")

    def _git(self, *arguments: str) -> str:
        """Run git as this person; the token travels in the environment, never in an argument."""
        credentials = base64.b64encode(f"{self.username}:{self.token}".encode()).decode()
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": tempfile.gettempdir(),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": self.username,
            "GIT_AUTHOR_EMAIL": f"{self.username}@contoh.invalid",
            "GIT_COMMITTER_NAME": self.username,
            "GIT_COMMITTER_EMAIL": f"{self.username}@contoh.invalid",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {credentials}",
        }
        done = subprocess.run(  # noqa: S603 - fixed program and the demonstration's own arguments
            [GIT, *arguments], capture_output=True, env=environment, timeout=GIT_SECONDS, check=False
        )
        if done.returncode != 0:
            raise GitRefused(done.stderr.decode("utf-8", "replace").strip())
        return done.stdout.decode("utf-8", "replace")


def _put(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
