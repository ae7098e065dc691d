"""A GitHub world for the tests of talk and merging: an organisation, accounts by token, and an App."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from automation.forges.base import Access, FileWrite, MergeRequest, Project
from automation.forges.github import AppAuth, GitHubForge, TokenAuth
from automation.forges.github.repositories import RepositoriesPart
from automation.localforge import groups, members, users
from automation.localforge.apps import create_app
from automation.localforge.engine import Engine
from automation.localforge.records import MergeRequest as MergeRecord
from automation.localforge.server import RunningForge, start

APP_PERMISSIONS = {
    "administration": "write",
    "checks": "write",
    "contents": "write",
    "issues": "write",
    "metadata": "read",
    "organization_projects": "write",
    "pull_requests": "write",
    "repository_hooks": "write",
    "statuses": "write",
    "members": "read",
}
CLASSIC = ("repo", "admin:org", "project")


class QuickForge(GitHubForge, RepositoriesPart):
    """The adapter, which does not wait but notes for how long it would have."""

    def __init__(self, url: str, auth: TokenAuth | AppAuth) -> None:
        super().__init__(url, auth, write_spacing=0)
        self.pauses: list[float] = []
        self._wire._sleep = self.pauses.append


@dataclass
class TalkWorld:
    """The embedded forge in its GitHub dialect, with the organisation ``berkas``."""

    running: RunningForge
    _forges: dict[str, QuickForge] = field(default_factory=dict)
    _ahead: timedelta = timedelta()
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.owner = users.create_user(self.engine, "kepala-organisasi", name="Kepala")
        self.place = groups.create_group(self.engine, self.owner, "berkas", name="Berkas")
        self.bot = self.login("bot-laik", organisation=50)
        secrets = create_app(self.engine, "laik", APP_PERMISSIONS, organisations=("berkas",))
        self.app_id = secrets.app_id
        self.app = self._keep(
            "app", AppAuth(secrets.app_id, secrets.private_key_pem, secrets.installation_ids[0])
        )

    @property
    def engine(self) -> Engine:
        return self.running.engine

    def _keep(self, name: str, auth: TokenAuth | AppAuth) -> QuickForge:
        self._forges[name] = QuickForge(self.running.url, auth)
        return self._forges[name]

    def login(self, name: str, *, organisation: int = 0, scopes: tuple[str, ...] = CLASSIC) -> QuickForge:
        """The adapter with a token of that account, which is made where absent."""
        key = f"{name} {scopes}"
        if key in self._forges:
            return self._forges[key]
        user = users.find_user(self.engine, name) or users.create_user(self.engine, name, name=name)
        if organisation:
            members.set_member(self.engine, "group", self.place.id, user.id, organisation)
        _, token = users.create_token(self.engine, user, "uji", scopes=scopes)
        return self._keep(key, TokenAuth(token))

    def other_app(self, slug: str, permissions: Mapping[str, str] = APP_PERMISSIONS) -> QuickForge:
        """Another App on the same organisation."""
        secrets = create_app(self.engine, slug, permissions, organisations=("berkas",))
        return self._keep(slug, AppAuth(secrets.app_id, secrets.private_key_pem, secrets.installation_ids[0]))

    def project(self) -> Project:
        """A new repository with a first commit on main."""
        group = self.bot.find_group("berkas")
        assert group is not None
        slug = f"pa-2026-{next(self._numbers):04}"
        made = self.bot.create_project(group, slug, name=slug, description="")
        self.bot.commit_files(made.id, "main", "awal", [FileWrite("README.md", b"halo\n")])
        return made

    def member(self, project: Project, name: str, access: Access) -> QuickForge:
        """The adapter of an account with that access to a repository."""
        forge = self.login(name)
        members.set_member(self.engine, "project", project.id, forge.whoami().id, int(access))
        return forge

    def request(
        self, project: Project, branch: str = "usul", *, by: QuickForge | None = None
    ) -> MergeRequest:
        """A pull request with one added file."""
        forge = by or self.bot
        forge.commit_files(project.id, branch, "ubah", [FileWrite(f"{branch}.md", b"baru\n")])
        return forge.create_merge_request(project.id, branch, "main", f"Usul {branch}", "uraian")

    def record(self, request: MergeRequest) -> MergeRecord:
        """The forge's own record of a pull request."""
        found = self.engine.store.one(
            MergeRecord,
            "SELECT * FROM merge_requests WHERE project_id = ? AND iid = ?",
            request.project_id,
            request.iid,
        )
        assert found is not None
        return found

    def raw(self, forge: QuickForge, verb: str, path: str, body: Any = None) -> Any:
        """A request of PyGithub's own, as other programs send it."""
        return forge._client.requester.requestJsonAndCheck(verb, path, input=body)[1]

    def next_second(self) -> None:
        """Move the forge's clock on: GitHub tells whole seconds."""
        self._ahead += timedelta(seconds=2)
        ahead = self._ahead
        self.engine.clock = lambda: datetime.now(UTC) + ahead

    def close(self) -> None:
        for forge in self._forges.values():
            forge.close()


@contextmanager
def talking(folder: Path) -> Iterator[TalkWorld]:
    """A running world."""
    with start(folder / "data", dialect="github") as running:
        world = TalkWorld(running)
        try:
            yield world
        finally:
            world.close()
