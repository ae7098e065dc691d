"""Files, branches and protection on GitLab."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gitlab.exceptions import GitlabGetError, GitlabHeadError, GitlabListError
from gitlab.v4.objects import Project as ApiProject
from gitlab.v4.objects import ProjectProtectedBranch

from automation.core.text import Bilingual
from automation.forges.base import Access, FileWrite, Protection, Push
from automation.forges.gitlab import convert
from automation.forges.gitlab.accounts import AccountsPart
from automation.forges.gitlab.listing import whole
from automation.forges.gitlab.session import asks, is_absent, refused

# Up to here one HEAD a file is cheaper than listing the tree.
_FEW_FILES = 3


class RepositoriesPart(AccountsPart):
    """Files and branches over the API."""

    @asks("membaca cabang", "read a branch")
    def branch_head(self, project_id: int, branch: str) -> str | None:
        """The full commit id of a branch, or None."""
        return _head(self._project(project_id), branch)

    @asks("mendaftar cabang", "list the branches")
    def branch_heads(self, project_id: int) -> Mapping[str, str]:
        """Every branch with its full commit id; an empty repository has none."""
        try:
            rows = whole(lambda: self._project(project_id).branches.list(iterator=True))
        except GitlabListError as problem:
            if is_absent(problem):
                return {}
            raise
        return {row.name: str(row.commit["id"]) for row in rows}

    @asks("membaca berkas", "read a file")
    def read_file(self, project_id: int, path: str, ref: str) -> bytes | None:
        """One file at a ref, or None when the file or ref is not there."""
        try:
            content = self._project(project_id).files.raw(path, ref)
        except GitlabGetError as problem:
            if is_absent(problem):
                return None
            raise
        return bytes(content)

    @asks("menulis berkas", "write files")
    def commit_files(self, project_id: int, branch: str, message: str, files: Sequence[FileWrite]) -> str:
        """One commit with all ``files`` (created, updated or deleted as needed); the new commit id.

        Works on an empty repository too (makes the branch); a missing branch of a filled one grows from the
        default branch. A deletion of what is not there is left out; when nothing else remains, the branch's
        head is the answer.
        """
        project = self._project(project_id)
        head = _head(project, branch)
        start = None if head else self._default_branch(project_id)
        present = _present(project, head or start, [file.path for file in files])
        actions = [action for file in files for action in _actions(file, file.path in present)]
        if not actions and head:
            return head
        data: dict[str, Any] = {"branch": branch, "commit_message": message, "actions": actions}
        if start:
            data["start_branch"] = start
        return str(project.commits.create(data).id)

    def _default_branch(self, project_id: int) -> str | None:
        """The branch that a new one grows from; None in an empty repository."""
        found = self._client.projects.get(project_id).attributes
        return None if found.get("empty_repo") else found.get("default_branch")

    @asks("melindungi cabang", "protect a branch")
    def ensure_protection(self, project_id: int, wanted: Protection) -> bool:
        """Protect a branch just so; True when something was written. Never unprotects in between.

        GitLab Free cannot change the levels of a rule, only delete and make it anew. While that is done, a
        second rule with the wanted levels covers the branch by a wildcard (``main*`` covers ``main``).
        """
        wrote = self._require_pipeline(project_id) if wanted.checks else False
        return self._ensure_rule(project_id, wanted) or wrote

    def _require_pipeline(self, project_id: int) -> bool:
        """Let nothing be merged without a pipeline that succeeded; GitLab can require no single status."""
        key = "only_allow_merge_if_pipeline_succeeds"
        if self._client.projects.get(project_id).attributes.get(key):
            return False
        self._client.projects.update(project_id, {key: True})
        return True

    def _ensure_rule(self, project_id: int, wanted: Protection) -> bool:
        rules = self._project(project_id).protectedbranches
        cover = f"{wanted.branch}*"
        # A group's rules (Premium) cannot be changed from here.
        found = whole(lambda: rules.list(iterator=True))
        rows = [rule for rule in found if not rule.attributes.get("inherited")]
        known = {rule.name: rule for rule in rows}
        standing = known.get(wanted.branch)
        covered = cover in known
        wrote = True
        if standing is None:
            rules.create(_rule(wanted, wanted.branch))
        elif not _levels_stand(standing, wanted):
            if not covered:
                rules.create(_rule(wanted, cover))
            rules.delete(wanted.branch)
            rules.create(_rule(wanted, wanted.branch))
            covered = True
        elif standing.attributes.get("allow_force_push"):
            rules.update(wanted.branch, {"allow_force_push": False})
        else:
            wrote = False
        if covered:
            # Ours, from just now or from an attempt that was cut short. Rules add their rights up, so it
            # must not stay.
            rules.delete(cover)
        return wrote or covered

    @asks("membaca riwayat push", "read who pushed")
    def pushes(self, project_id: int, branch: str) -> Sequence[Push]:
        """Who pushed to ``branch``, by account, oldest first."""
        events = self._project(project_id).events
        rows = whole(lambda: events.list(iterator=True, action="pushed", sort="asc"))
        found = [convert.push(row.attributes, branch, self._person) for row in rows]
        return [push for push in found if push is not None]


def _head(project: ApiProject, branch: str) -> str | None:
    try:
        return str(project.branches.get(branch).commit["id"])
    except GitlabGetError as problem:
        if is_absent(problem):
            return None
        raise


def _present(project: ApiProject, ref: str | None, paths: Sequence[str]) -> set[str]:
    """Which of ``paths`` are files at ``ref``."""
    if ref is None:
        return set()
    if len(paths) <= _FEW_FILES:
        return {path for path in paths if _is_there(project, path, ref)}
    # Keyset pages: fixed to one commit, and GitLab reads no row twice.
    rows = project.repository_tree(ref=ref, recursive=True, iterator=True, pagination="keyset")
    return {row["path"] for row in rows if row["type"] == "blob"} & set(paths)


def _is_there(project: ApiProject, path: str, ref: str) -> bool:
    try:
        project.files.head(path, ref)
    except GitlabHeadError as problem:
        if is_absent(problem):
            return False
        raise
    return True


def _actions(file: FileWrite, present: bool) -> Iterable[dict[str, Any]]:
    """The actions of GitLab's commit API for one file; it takes the mode in an action of its own."""
    if file.content is None:
        return [{"action": "delete", "file_path": file.path}] if present else []
    content = base64.b64encode(file.content).decode()
    written = {
        "action": "update" if present else "create",
        "file_path": file.path,
        "content": content,
        "encoding": "base64",
    }
    if not file.executable:
        return [written]
    return [written, {"action": "chmod", "file_path": file.path, "execute_filemode": True}]


def _level(access: Access) -> int:
    """GitLab's level for a protection: 0, 30 or 40, never a looser one than asked for."""
    if access is Access.NONE:
        return 0
    if access <= Access.DEVELOPER:
        return 30
    if access is Access.MAINTAINER:
        return 40
    raise refused(
        Bilingual("perlindungan khusus pemilik", "protect a branch for owners alone"),
        0,
        "push/merge access level OWNER",
    )


def _rule(wanted: Protection, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "push_access_level": _level(wanted.push),
        "merge_access_level": _level(wanted.merge),
        "allow_force_push": False,
    }


def _levels_stand(standing: ProjectProtectedBranch, wanted: Protection) -> bool:
    """Whether a rule gives exactly the wanted levels, and nothing to single accounts or groups (Premium)."""
    pairs = ((standing.push_access_levels, wanted.push), (standing.merge_access_levels, wanted.merge))
    for rows, access in pairs:
        named = any(row.get("user_id") or row.get("group_id") for row in rows)
        if named or {row["access_level"] for row in rows} != {_level(access)}:
            return False
    return True
