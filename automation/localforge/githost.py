"""The engine as git over HTTP needs it."""

from __future__ import annotations

from automation.localforge import pushes, users
from automation.localforge.engine import Engine
from automation.localforge.permissions import DEVELOPER, code_readable, project_level, project_visible
from automation.localforge.projects import project_by_id
from automation.localforge.records import Project, User
from automation.localforge.smarthttp import RepositoryAccess


class EngineGitHost:
    """Answers the git door's questions from the engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def authenticate(self, token: str) -> User | None:
        """Whose token it is, or None."""
        found = users.authenticate(self._engine, token)
        return found[0] if found else None

    def find_repository(self, full_path: str, user: User | None) -> RepositoryAccess | None:
        """The repository at that path, or None for one that the account may not know of."""
        project = self._engine.store.one(Project, "SELECT * FROM projects WHERE full_path = ?", full_path)
        if project is None or not project_visible(self._engine, user, project):
            return None
        level = project_level(self._engine, user, project)
        return RepositoryAccess(
            project_id=project.id,
            path=self._engine.repository_path(project.id),
            can_read=code_readable(self._engine, user, project),
            can_write=level >= DEVELOPER and not project.archived,
        )

    def push_allowed(
        self, project_id: int, user: User, ref: str, old: str, new: str, forced: bool, deleted: bool
    ) -> str | None:
        """None when the update is allowed, otherwise why not."""
        project = project_by_id(self._engine, project_id)
        return pushes.push_refusal(self._engine, project, user, ref, forced=forced, deleted=deleted)

    def pushed(self, project_id: int, user: User, updates: list[tuple[str, str, str]]) -> None:
        """Record what moved."""
        pushes.pushed(self._engine, project_by_id(self._engine, project_id), user, updates)
