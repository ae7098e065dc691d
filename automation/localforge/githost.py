"""The engine as git over HTTP needs it."""

from __future__ import annotations

from dataclasses import dataclass

from automation.localforge import apps, pushes, users
from automation.localforge.engine import Engine
from automation.localforge.permissions import DEVELOPER, code_readable, project_level, project_visible
from automation.localforge.projects import project_by_id
from automation.localforge.records import Project, User
from automation.localforge.smarthttp import RepositoryAccess


@dataclass(frozen=True, slots=True)
class Visitor:
    """An account at the git door, with what its token lets it do there."""

    user: User
    reads: bool
    writes: bool
    only_in: int | None = None
    """The namespace that a GitHub App's installation is held to."""


class EngineGitHost:
    """Answers the git door's questions from the engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def authenticate(self, token: str) -> Visitor | None:
        """Whose token it is, or None; tokens without a scope for git are nobody's here."""
        found = users.authenticate(self._engine, token)
        if found is None:
            return None
        scopes = set(found[1].scopes.split())
        writes = bool(scopes & {"api", "write_repository", "repo", "fine-grained", "installation"})
        reads = writes or "read_repository" in scopes
        install = apps.installation_of_token(self._engine, found[1].id)
        only_in = install.namespace_id if install else None
        return Visitor(found[0], reads, writes, only_in) if reads else None

    def find_repository(self, full_path: str, user: Visitor | None) -> RepositoryAccess | None:
        """The repository at that path, or None for one that the account may not know of."""
        project = self._engine.store.one(Project, "SELECT * FROM projects WHERE full_path = ?", full_path)
        account = user.user if user else None
        if project is None or not project_visible(self._engine, account, project):
            return None
        if user is not None and user.only_in not in (None, project.namespace_id):
            return None
        level = project_level(self._engine, account, project)
        return RepositoryAccess(
            project_id=project.id,
            path=self._engine.repository_path(project.id),
            can_read=code_readable(self._engine, account, project),
            can_write=user is not None and user.writes and level >= DEVELOPER and not project.archived,
        )

    def push_allowed(
        self, project_id: int, user: Visitor, ref: str, old: str, new: str, forced: bool, deleted: bool
    ) -> str | None:
        """None when the update is allowed, otherwise why not."""
        project = project_by_id(self._engine, project_id)
        return pushes.push_refusal(
            self._engine, project, user.user, ref, forced=forced, deleted=deleted, new=new
        )

    def pushed(self, project_id: int, user: Visitor, updates: list[tuple[str, str, str]]) -> None:
        """Record what moved."""
        pushes.pushed(self._engine, project_by_id(self._engine, project_id), user.user, updates)
