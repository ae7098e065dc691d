"""What every theme of the forge stands on: the store, the clock, the repositories, the outgoing events."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, Protocol

from automation.localforge.events import Event
from automation.localforge.git import Repository
from automation.localforge.quirks import Quirks
from automation.localforge.records import Project, User
from automation.localforge.repositories import Commits, RememberingRepository
from automation.localforge.store import Store

Dialect = Literal["gitlab", "github"]


class EventSender(Protocol):
    """Who delivers webhooks, in a dialect's shapes."""

    def prepare(self, project_id: int, event: Event) -> Callable[[], None] | None:
        """Write the letters to the project's hooks, as things stand now; the step that sends them.

        None when nobody wants to hear of it.
        """


class BranchGuard(Protocol):
    """A dialect's own rules for branches, in place of the protections by level."""

    def may_push(self, user: User | None, project: Project, branch: str) -> bool:
        """Whether the account may push to the branch at all."""

    def may_merge(self, user: User | None, project: Project, branch: str) -> bool:
        """Whether the account may merge into the branch."""

    def push_refusal(
        self, user: User, project: Project, branch: str, *, new: str | None, forced: bool, deleted: bool
    ) -> str | None:
        """Why the account may not move the branch so, or None when it may."""


def stamp(moment: datetime) -> str:
    """The forge's text for a moment: UTC, milliseconds, ``Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


class Engine:
    """The forge without any protocol; themes are functions that take it first.

    Attributes:
        store: the tables.
        url: the address people and clients use, without a slash at the end.
        quirks: switches for behaviour that comes and goes.
        dialect: whose rules hold where the two forges differ in more than their JSON.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        url: str = "http://127.0.0.1",
        clock: Callable[[], datetime] | None = None,
        dialect: Dialect = "gitlab",
    ) -> None:
        self.data_dir = data_dir
        self.url = url.rstrip("/")
        self.dialect: Dialect = dialect
        self.clock = clock or partial(datetime.now, UTC)
        self.sender: EventSender | None = None
        self.guard: BranchGuard | None = None
        self.quirks = Quirks()
        (data_dir / "repositories").mkdir(parents=True, exist_ok=True)
        self.store = Store(data_dir / "forge.sqlite3")
        self._commits: dict[int, Commits] = {}
        self._merge_facts: dict[tuple[str, int, str, str], Any] = {}

    def now(self) -> str:
        """The present moment as the tables keep it."""
        return stamp(self.clock())

    def next_iid(self, project_id: int, kind: str) -> int:
        """The next number of an issue or merge request; GitHub counts both together."""
        return self.store.next_number(project_id, "issue" if self.dialect == "github" else kind)

    def repository_path(self, project_id: int) -> Path:
        """Where the project's bare repository lies."""
        return self.data_dir / "repositories" / f"{project_id}.git"

    def repository(self, project_id: int) -> Repository:
        """The project's repository."""
        seen = self._commits.setdefault(project_id, {})
        return RememberingRepository(self.repository_path(project_id), seen)

    def branch_head(self, project_id: int, branch: str) -> str | None:
        """The full commit id of a branch, or None."""
        return self.repository(project_id).resolve(f"refs/heads/{branch}")

    def is_empty(self, project: Project) -> bool:
        """Whether the project's repository has no branch."""
        if self.branch_head(project.id, project.default_branch) is not None:
            return False
        return self.repository(project.id).is_empty()

    def announce(self, project_id: int, event: Event) -> None:
        """Hand an event to the webhook sender once the current transaction stands."""
        send = self.sender.prepare(project_id, event) if self.sender is not None else None
        if send is not None:
            self.store.afterwards(send)

    def mergeable(self, project_id: int, source: str, target: str) -> bool:
        """Whether two commits merge without conflict."""
        return bool(self._remembered("mergeable", project_id, source, target, Repository.mergeable))

    def merge_base(self, project_id: int, one: str, other: str) -> str | None:
        """The best common ancestor of two commits."""
        found: str | None = self._remembered("base", project_id, one, other, Repository.merge_base)
        return found

    def is_ancestor(self, project_id: int, old: str, new: str) -> bool:
        """Whether ``old`` is reachable from ``new``."""
        return bool(self._remembered("ancestor", project_id, old, new, Repository.is_ancestor))

    def _remembered(
        self, kind: str, project_id: int, one: str, other: str, ask: Callable[[Repository, str, str], Any]
    ) -> Any:
        """Facts about two commits never change, so each is asked of git once."""
        key = (kind, project_id, one, other)
        if key not in self._merge_facts:
            if len(self._merge_facts) > 20_000:
                self._merge_facts.clear()
            self._merge_facts[key] = ask(self.repository(project_id), one, other)
        return self._merge_facts[key]

    def close(self) -> None:
        """Close the database."""
        self.store.close()
