"""A running forge with accounts, for the contract suite: one class a forge."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import gitlab
import requests

from automation.core.rights import APP_PERMISSIONS
from automation.forges.base import Access, Forge, Project, StatusState
from automation.forges.github import AppAuth, GitHubForge, TokenAuth
from automation.forges.github.boardqueries import DUE, LANE
from automation.forges.gitlab import GitLabForge
from automation.localforge import githubboards
from automation.localforge.apps import AppSecrets, create_app
from automation.localforge.engine import Engine
from automation.localforge.server import RunningForge
from tests.localforge.gitworld import Clone


class World(Protocol):
    """What the suite needs besides the contract itself."""

    nested_groups: bool
    """Whether groups lie within groups."""
    quick_actions: bool
    """Whether the forge runs commands that stand in comments."""
    running_reads: StatusState
    """What a status "running" is when it is read back."""

    @property
    def bot(self) -> Forge:
        """The adapter with the bot's token; it owns the group that ``project`` uses."""

    def login(self, username: str) -> Forge:
        """The adapter with the token of that account, which is made where absent."""

    def connect(self, token: str, *, url: str = "") -> Forge:
        """The adapter with any token and address."""

    def project(self) -> Project:
        """A new empty project."""

    def join(self, project: Project, username: str, access: Access) -> Forge:
        """The adapter of an account that has that access, an invitation accepted where there is one."""

    def clone(self, project: Project, username: str, access: Access) -> Clone:
        """A working copy of an account with that access."""

    def own_clone(self, project: Project) -> Clone:
        """A working copy of the bot itself."""

    def due_shown(self, project: Project, iid: int) -> str | None:
        """The due date that a board shows for an issue."""

    def press(self, project: Project, iid: int, username: str, *, approve: bool) -> None:
        """Approve a merge request by the forge's own button, or take that back as the forge has it."""


@dataclass
class GitLabWorld:
    """The embedded forge in its GitLab dialect."""

    running: RunningForge
    folder: Path
    nested_groups = True
    quick_actions = True
    running_reads = StatusState.RUNNING

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

    def join(self, project: Project, username: str, access: Access) -> GitLabForge:
        self.bot.ensure_member(project.id, self.login(username).whoami(), access)
        return self.login(username)

    def clone(self, project: Project, username: str, access: Access) -> Clone:
        self.join(project, username, access)
        return self._clone(project, username)

    def own_clone(self, project: Project) -> Clone:
        return self._clone(project, "bot-laik")

    def _clone(self, project: Project, username: str) -> Clone:
        folder = self.folder / f"klon-{next(self._numbers)}"
        folder.mkdir()
        clone = Clone(folder, self._tokens[username])
        clone.git("clone", "-q", project.http_url, ".")
        return clone

    def press(self, project: Project, iid: int, username: str, *, approve: bool) -> None:
        client = gitlab.Gitlab(self.running.url, private_token=self._tokens[username])
        request = client.projects.get(project.id, lazy=True).mergerequests.get(iid, lazy=True)
        if approve:
            request.approve()
        else:
            request.unapprove()
        client.session.close()

    def due_shown(self, project: Project, iid: int) -> str | None:
        due = self._admin.projects.get(project.id, lazy=True).issues.get(iid).due_date
        return str(due) if due else None

    def close(self) -> None:
        for forge in self._forges.values():
            forge.close()
        self._admin.session.close()


def board_shows(engine: Engine, project_id: int, iid: int) -> tuple[str | None, str | None]:
    """Column and due date of an issue's one item on GitHub's boards."""
    found = engine.store.value("SELECT id FROM issues WHERE project_id = ? AND iid = ?", project_id, iid)
    (item,) = githubboards.items_of(engine, found)
    fields = {one.name: one for one in githubboards.fields_of(engine, item.board_id)}
    lane = githubboards.value_of(engine, item.id, fields[LANE].id)
    names = {one["id"]: one["name"] for one in fields[LANE].choices}
    return names.get(lane or ""), githubboards.value_of(engine, item.id, fields[DUE].id)


SCOPES = ["repo", "admin:org", "delete_repo", "project", "site_admin"]


@dataclass
class GitHubWorld:
    """The embedded forge in its GitHub dialect; accounts are made as a GHES site administrator makes them."""

    running: RunningForge
    folder: Path
    nested_groups = False
    quick_actions = False
    running_reads = StatusState.PENDING

    def __post_init__(self) -> None:
        self._tokens: dict[str, str] = {}
        self._forges: dict[str, GitHubForge] = {}
        self._numbers = itertools.count(1)
        self._keep("bot-laik")
        self.asks("PUT", "/users/bot-laik/site_admin")
        self._group = self.bot.ensure_group("berkas", "Berkas")

    def asks(self, verb: str, path: str, body: Any = None, *, token: str = "") -> Any:
        """One bare request, as the site administrator or with a token; the JSON of a 2xx."""
        headers = {"Authorization": f"Bearer {token or self.running.admin_token}"}
        url = f"{self.running.url}/api/v3{path}"
        answer = requests.request(verb, url, json=body, headers=headers, timeout=30, allow_redirects=False)
        assert answer.ok, (verb, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def _keep(self, username: str) -> None:
        self.asks("POST", "/admin/users", {"login": username, "email": f"{username}@contoh.go.id"})
        made = self.asks("POST", f"/admin/users/{username}/authorizations", {"scopes": SCOPES})
        self._tokens[username] = made["token"]
        self._forges[username] = self.connect(made["token"])

    @property
    def bot(self) -> GitHubForge:
        return self._forges["bot-laik"]

    def login(self, username: str) -> GitHubForge:
        if username not in self._forges:
            self._keep(username)
        return self._forges[username]

    def token(self, username: str) -> str:
        self.login(username)
        return self._tokens[username]

    def connect(self, token: str, *, url: str = "") -> GitHubForge:
        return GitHubForge(url or self.running.url, TokenAuth(token), write_spacing=0)

    def app(self, slug: str = "laik-uji", *, permissions: dict[str, str] | None = None) -> AppSecrets:
        """A new App on the organisation that ``project`` uses."""
        rights = APP_PERMISSIONS if permissions is None else permissions
        return create_app(self.running.engine, slug, rights, organisations=("berkas",))

    def as_app(self, secrets: AppSecrets) -> GitHubForge:
        """The adapter signed in as that App."""
        auth = AppAuth(secrets.app_id, secrets.private_key_pem)
        made = GitHubForge(self.running.url, auth, write_spacing=0)
        self._forges[f"app {next(self._numbers)}"] = made
        return made

    def project(self) -> Project:
        slug = f"pa-2026-{next(self._numbers):04}"
        return self.bot.create_project(self._group, slug, name=slug.upper(), description="")

    def accept(self, username: str) -> int:
        """Accept every invitation of an account; how many there were."""
        token = self.token(username)
        waiting = self.asks("GET", "/user/repository_invitations", token=token)
        for one in waiting:
            self.asks("PATCH", f"/user/repository_invitations/{one['id']}", token=token)
        return len(waiting)

    def join(self, project: Project, username: str, access: Access) -> GitHubForge:
        self.bot.ensure_member(project.id, self.login(username).whoami(), access)
        self.accept(username)
        return self.login(username)

    def clone(self, project: Project, username: str, access: Access) -> Clone:
        self.join(project, username, access)
        return self._clone(project, username)

    def own_clone(self, project: Project) -> Clone:
        return self._clone(project, "bot-laik")

    def _clone(self, project: Project, username: str) -> Clone:
        folder = self.folder / f"klon-{next(self._numbers)}"
        folder.mkdir()
        clone = Clone(folder, self._tokens[username])
        clone.git("clone", "-q", project.http_url, ".")
        return clone

    def press(self, project: Project, iid: int, username: str, *, approve: bool) -> None:
        said = {"event": "APPROVE"} if approve else {"event": "REQUEST_CHANGES", "body": "Belum."}
        requests.post(
            f"{self.running.url}/api/v3/repos/{project.path}/pulls/{iid}/reviews",
            json=said,
            headers={"Authorization": f"Bearer {self._tokens[username]}"},
            timeout=30,
        ).raise_for_status()

    def due_shown(self, project: Project, iid: int) -> str | None:
        return board_shows(self.running.engine, project.id, iid)[1]

    def close(self) -> None:
        for forge in self._forges.values():
            forge.close()
