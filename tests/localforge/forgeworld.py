"""A small organisation on a real embedded forge, spoken to by the real python-gitlab client."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gitlab

from automation.localforge.server import RunningForge, start


class World:
    """One forge; accounts by name, each with a client of its own."""

    def __init__(self, forge: RunningForge) -> None:
        self.forge = forge
        self.root = gitlab.Gitlab(forge.url, private_token=forge.admin_token, retry_transient_errors=False)
        self._clients: dict[str, gitlab.Gitlab] = {}
        self._ids: dict[str, int] = {}
        self._tokens: dict[str, str] = {}

    def account(self, name: str) -> gitlab.Gitlab:
        """The client of an account, which is made on first use."""
        if name not in self._clients:
            facts = {
                "username": name,
                "name": name.title(),
                "email": f"{name}@contoh.invalid",
                "password": "x",
            }
            user = self.root.users.create(facts)
            self._ids[name] = user.id
            self._tokens[name] = user.personal_access_tokens.create({"name": "t", "scopes": ["api"]}).token
            self._clients[name] = gitlab.Gitlab(self.forge.url, private_token=self._tokens[name])
        return self._clients[name]

    def token(self, name: str) -> str:
        self.account(name)
        return self._tokens[name]

    def id_of(self, name: str) -> int:
        self.account(name)
        return self._ids[name]

    def project(
        self, path: str, *, members: dict[str, int] | None = None, files: dict[str, str] | None = None
    ) -> Any:
        """A project at ``group/slug``, seen by root, with members and one first commit."""
        group_path, _, slug = path.partition("/")
        group = self.group(group_path)
        made = self.root.projects.create({"name": slug, "path": slug, "namespace_id": group.id})
        for name, level in (members or {}).items():
            made.members.create({"user_id": self.id_of(name), "access_level": level})
        if files:
            commit(made, files)
        return made

    def group(self, path: str) -> Any:
        try:
            return self.root.groups.get(path)
        except gitlab.GitlabGetError:
            return self.root.groups.create({"name": path, "path": path})

    def seen(self, name: str, project: Any) -> Any:
        """The project as an account sees it."""
        return self.account(name).projects.get(project.id)


def commit(project: Any, files: dict[str, str], branch: str = "main", **more: Any) -> str:
    """One commit that creates the files; its id."""
    actions = [{"action": "create", "file_path": path, "content": text} for path, text in files.items()]
    body = {"branch": branch, "commit_message": "Isi", "actions": actions, **more}
    return str(project.commits.create(body).id)


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """A running world over a data folder."""
    with start(folder) as forge:
        yield World(forge)
