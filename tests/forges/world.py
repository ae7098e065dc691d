"""A running forge with accounts, for the contract suite. A second forge joins as one more class here."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import gitlab

from automation.forges.base import Access, Forge, Project
from automation.forges.gitlab import GitLabForge
from automation.localforge.server import RunningForge
from tests.localforge.gitworld import Clone


class World(Protocol):
    """What the suite needs besides the contract itself."""

    @property
    def bot(self) -> Forge:
        """The adapter with the bot's token; it owns the group that ``project`` uses."""

    def login(self, username: str) -> Forge:
        """The adapter with the token of that account, which is made where absent."""

    def connect(self, token: str, *, url: str = "") -> Forge:
        """The adapter with any token and address."""

    def project(self) -> Project:
        """A new empty project."""

    def clone(self, project: Project, username: str, access: Access) -> Clone:
        """A working copy of an account with that access."""


@dataclass
class GitLabWorld:
    """The embedded forge in its GitLab dialect."""

    running: RunningForge
    folder: Path

    def __post_init__(self) -> None:
        self._admin = gitlab.Gitlab(self.running.url, private_token=self.running.admin_token)
        self._tokens: dict[str, str] = {}
        self._forges: dict[str, GitLabForge] = {}
        self._numbers = itertools.count(1)
        data = {"username": "bot-laik", "name": "Bot Laik", "email": "bot@contoh.go.id"}
        bot: Any = self._admin.http_post("/service_accounts", post_data=data)
        self._keep("bot-laik", self._admin.users.get(bot["id"]))
        self._group = self.bot.ensure_group("berkas", "Berkas")

    def _keep(self, username: str, account: Any) -> None:
        token = account.personal_access_tokens.create({"name": "uji", "scopes": ["api"]}).token
        self._tokens[username] = token
        self._forges[username] = GitLabForge(self.running.url, token)

    @property
    def bot(self) -> GitLabForge:
        return self._forges["bot-laik"]

    def login(self, username: str) -> GitLabForge:
        if username not in self._forges:
            data = {"username": username, "name": username, "email": f"{username}@contoh.go.id"}
            secret = {"password": "bukan-rahasia-uji", "skip_confirmation": True}
            self._keep(username, self._admin.users.create({**data, **secret}))
        return self._forges[username]

    def connect(self, token: str, *, url: str = "") -> GitLabForge:
        return GitLabForge(url or self.running.url, token)

    def project(self) -> Project:
        slug = f"pa-2026-{next(self._numbers):04}"
        return self.bot.create_project(self._group, slug, name=slug.upper(), description="")

    def clone(self, project: Project, username: str, access: Access) -> Clone:
        self.bot.ensure_member(project.id, self.login(username).whoami(), access)
        folder = self.folder / f"klon-{next(self._numbers)}"
        folder.mkdir()
        clone = Clone(folder, self._tokens[username])
        clone.git("clone", "-q", project.http_url, ".")
        return clone

    def close(self) -> None:
        for forge in self._forges.values():
            forge.close()
        self._admin.session.close()
