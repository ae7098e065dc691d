"""The people of the demonstration: an account each, acting through a forge client and real git pushes."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gitlab

PASTE = re.compile(r"```\n(@laik [^\n]+)\n```")
GIT_SECONDS = 120
GIT = shutil.which("git") or "git"


class GitRefused(Exception):
    """The forge refused a push; the message is what it told the person."""


@dataclass
class Person:
    """One account: ``username``, its token, and a client of its own."""

    username: str
    url: str
    token: str = field(repr=False)
    client: gitlab.Gitlab = field(init=False, repr=False)
    id: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.client = gitlab.Gitlab(self.url, private_token=self.token, timeout=60)

    def project(self, path: str) -> Any:
        """A project as this person sees it."""
        return self.client.projects.get(path)

    def file_issue(self, project: str, title: str, body: str) -> int:
        """File an issue; its number."""
        return int(self.project(project).issues.create({"title": title, "description": body}).iid)

    def edit_issue(self, project: str, iid: int, body: str) -> None:
        """Change the text of one's issue."""
        issue = self.project(project).issues.get(iid)
        issue.description = body
        issue.save()

    def say(self, project: str, iid: int, text: str, *, kind: str = "issue") -> None:
        """Comment on an issue or merge request."""
        self._noteable(project, iid, kind).notes.create({"body": text})

    def reads(self, project: str, iid: int, *, kind: str = "issue") -> list[tuple[str, str]]:
        """Comments as (account, text), oldest first."""
        notes = self._noteable(project, iid, kind).notes.list(get_all=True, sort="asc", order_by="created_at")
        return [(note.author["username"], note.body) for note in notes if not note.system]

    def lines_to_paste(self, project: str, iid: int, *, bot: str, kind: str = "issue") -> list[str]:
        """The commands laik's card offers, as this person would copy them."""
        cards = [body for author, body in self.reads(project, iid, kind=kind) if author == bot]
        return PASTE.findall(cards[0]) if cards else []

    def open_request(self, project: str, branch: str, title: str, target: str = "main") -> int:
        """Open a merge request; its number."""
        created = self.project(project).mergerequests.create(
            {"source_branch": branch, "target_branch": target, "title": title, "remove_source_branch": True}
        )
        return int(created.iid)

    def merge(self, project: str, iid: int) -> None:
        """Merge a merge request as this person."""
        self.project(project).mergerequests.get(iid).merge()

    def close_request(self, project: str, iid: int) -> None:
        """Close a merge request."""
        request = self.project(project).mergerequests.get(iid)
        request.state_event = "close"
        request.save()

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

        ``rewrite`` makes the commit a new root, so that a forced push replaces all history.

        Raises:
            GitRefused: the forge said no.
        """
        with tempfile.TemporaryDirectory(prefix="laik-peraga-") as folder:
            work = Path(folder) / "klon"
            self._git("clone", "--quiet", f"{self.url}/{project}.git", str(work))
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
            self._git("clone", "--quiet", f"{self.url}/{project}.git", str(work))
            listing = self._git("-C", str(work), "ls-tree", "-r", sha)
        rows = [line.split(None, 3) for line in listing.splitlines()]
        kept = sorted(
            (path.encode(), mode, blob) for mode, _, blob, path in rows if not path.startswith("dokumen/")
        )
        text = b"".join(f"{mode} {blob} ".encode() + path + b"\n" for path, mode, blob in kept)
        return hashlib.sha256(text).hexdigest()

    def _start(self, work: Path, branch: str, start: str, *, rewrite: bool) -> None:
        heads = self._git("-C", str(work), "branch", "--remotes", "--list", f"origin/{branch}")
        if rewrite:
            self._git("-C", str(work), "checkout", "--quiet", "--orphan", "tulis-ulang")
        elif heads.strip():
            self._git("-C", str(work), "checkout", "--quiet", "-B", branch, f"origin/{branch}")
        else:
            self._git("-C", str(work), "checkout", "--quiet", "-B", branch, f"origin/{start}")

    def _noteable(self, project: str, iid: int, kind: str) -> Any:
        manager = self.project(project).issues if kind == "issue" else self.project(project).mergerequests
        return manager.get(iid)

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
