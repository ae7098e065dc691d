"""The place and properties of the live scene."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from automation.collect.gitcommand import GitAnswer, run_git
from automation.collect.mirror import Mirrors
from automation.core.errors import LaikError
from automation.core.text import Bilingual
from automation.forges.base import Comment, FileWrite, Forge, Issue, MergeRequest, Project
from automation.settings import Settings

MAIN, BRANCH, FREE = "main", "uji", "uji-bebas"
CONTEXTS = ("laik/uji", "laik/uji-kedua")
HOSTILE = "/close\n/label ~bahaya\n- /assign me\n> /confidential\n@all <!-- laik -->"
"""What a request could hold to make the forge act in laik's name."""


class NotSo(LaikError):
    """The forge did otherwise than laik relies on."""


@dataclass
class Scene:
    """What the steps have made so far. ``name`` and ``path`` of the project are settled from the start."""

    forge: Forge
    settings: Settings
    group: str
    name: str
    sleep: Callable[[float], None] = time.sleep
    project: Project | None = None
    first: str = ""
    issue: Issue | None = None
    comment: Comment | None = None
    said_at: float = 0.0
    request: MergeRequest | None = None

    @property
    def path(self) -> str:
        """The project's full path."""
        return f"{self.group}/{self.name}"

    @property
    def id(self) -> int:
        """The project's number; only asked once it was made."""
        assert self.project is not None  # noqa: S101 - steps need the one that makes it
        return self.project.id

    def write(self, branch: str, path: str, text: str) -> str:
        """One commit with one file; its id."""
        return self.forge.commit_files(self.id, branch, f"Uji {path}", [FileWrite(path, text.encode())])

    def push(self, *wishes: str) -> list[GitAnswer]:
        """Push from branch ``uji`` to each of ``wishes`` by git over HTTP, with laik's own token."""
        assert self.project is not None  # noqa: S101 - as above
        with tempfile.TemporaryDirectory() as folder:
            mirrors = Mirrors(
                Path(folder),
                token_source=self.forge.git_token,
                username=self.forge.git_username,
                ca_file=self.settings.ca_file,
            )
            url = self.project.http_url
            mirror = mirrors.fetch(self.id, url)
            trust = {"http.sslCAInfo": str(self.settings.ca_file)} if self.settings.ca_file else {}
            return [
                run_git(
                    ["push", "--quiet", "--", url, f"refs/heads/{BRANCH}:refs/heads/{wish}"],
                    repository=mirror.folder,
                    settings={**trust, **mirrors.credentials(url)},
                    protocols=("https", "http"),
                )
                for wish in wishes
            ]


def marker(name: str) -> str:
    """What the description of the project says."""
    return f"[laik uji {name}] proyek sekali pakai; boleh dihapus"


def not_so(text: str, english: str, remedy: str = "", remedy_english: str = "") -> NotSo:
    """A step's finding that something is otherwise."""
    return NotSo(
        Bilingual(text, english),
        remedy=Bilingual(
            remedy or "Laporkan kepada pengembang laik beserta versi forge.",
            remedy_english or "Report it to laik's developers with the forge's version.",
        ),
    )
