"""The repositories of a case, each as a mirror and the head of its default branch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from automation.collect.gittree import code_snapshot
from automation.collect.mirror import Mirror, Mirrors
from automation.core.errors import LaikError
from automation.core.procedure import Procedure
from automation.forges.base import Forge, Project

KAK_FILE = "kak/kak.md"


@dataclass(frozen=True, slots=True)
class Home:
    """One repository of the case."""

    project: Project
    mirror: Mirror
    head: str

    @property
    def source(self) -> tuple[Mirror, str]:
        """Where its documents are read."""
        return (self.mirror, self.head)

    def holds(self, sha: str) -> bool:
        """Whether a commit is here; one pushed since the last fetch is fetched by its id."""
        return bool(sha) and (self.mirror.has(sha) or self.mirror.fetch_commit(sha))

    def shows(self, sha: str) -> bool:
        """Whether a status can be posted on the commit: a merge request outlives its deleted branch."""
        return self.holds(sha) and self.mirror.is_on_a_branch(sha)

    def is_on_default_branch(self, sha: str) -> bool:
        """Whether ``sha`` is reachable from the protected default branch."""
        return self.mirror.has(sha) and self.mirror.is_ancestor(sha, self.project.default_branch)

    def newer(self, sha: str) -> int:
        """How many commits of the default branch come after ``sha``."""
        return self.mirror.count_after(sha, self.project.default_branch) if self.mirror.has(sha) else 0


def home(forge: Forge, mirrors: Mirrors, project_id: int | None) -> Home | None:
    """The repository of that id, fetched; None while there is none, or nothing in it."""
    project = forge.get_project(project_id) if project_id else None
    if project is None or project.empty:
        return None
    mirror = mirrors.fetch(project.id, project.http_url)
    head = mirror.head(project.default_branch)
    return Home(project, mirror, head) if head else None


def code_digest(aplikasi: Home | None, commit: str) -> str:
    """The code digest of a commit of the application; empty while there is none, or it has none.

    Why it has none is told where the code is judged; here it must not end the case's run without a word.
    """
    if aplikasi is None or not aplikasi.holds(commit):
        return ""
    try:
        return code_snapshot(aplikasi.mirror, commit).code_digest
    except LaikError:
        return ""


def kak_under_review(forge: Forge, berkas: Home | None, procedure: Procedure) -> Mapping[str, str]:
    """A KAK under review is read at its merge request's head, while exactly one changes it."""
    if berkas is None or "kak" not in procedure.documents:
        return {}
    heads = [
        request.head_sha
        for request in forge.list_merge_requests(berkas.project.id)
        if berkas.holds(request.head_sha) and _changes_file(berkas, request.head_sha, KAK_FILE)
    ]
    return {"kak": heads[0]} if len(heads) == 1 else {}


def _changes_file(berkas: Home, head: str, path: str) -> bool:
    base = berkas.mirror.merge_base(berkas.head, head)
    try:
        return base is not None and any(one.path == path for one in berkas.mirror.changes(base, head))
    except LaikError:  # a tree too large to read brings no KAK under review
        return False
