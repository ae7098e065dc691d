"""Files, branches and who pushed, on GitHub."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import github

from automation.core.text import Bilingual
from automation.forges.base import FileWrite, Push
from automation.forges.github import convert
from automation.forges.github.accounts import AccountsPart
from automation.forges.github.firstpush import FirstPush, is_safe_path
from automation.forges.github.session import asks, is_absent, next_page, refused, status_of

# Text up to here goes inside the tree; anything else becomes a blob by a write of its own. GitHub asks for a
# second between writes, so a scaffold of forty files in blobs would take most of a minute.
_INLINE = 256 * 1024
# Up to here one look a file is cheaper than the list of all files.
_FEW_FILES = 3
_ZERO = "0" * 40
_EMPTY_REPOSITORY = 409
_MOVED = Bilingual(
    "Cabang itu bergerak sementara ditulis: laik membaca ulang dan mencoba lagi.",
    "The branch moved while it was written: laik reads it anew and tries again.",
)


class RepositoriesPart(AccountsPart):
    """Files and branches over the API."""

    git_username: str
    _ca_file: str | None = None

    def git_token(self) -> str:
        """The token for git over HTTP."""
        raise NotImplementedError

    # ---- branches

    @asks("membaca cabang", "read a branch")
    def branch_head(self, project_id: int, branch: str) -> str | None:
        """The full commit id of a branch, or None."""
        return self._head(project_id, branch)

    def _head(self, project_id: int, branch: str) -> str | None:
        try:
            found = self._raw("GET", f"{self._at(project_id)}/git/ref/heads/{quote(branch)}")
        except github.GithubException as problem:
            if _is_nowhere(problem):
                return None
            raise
        # GitHub has answered with a list of refs that merely start so.
        return str(found["object"]["sha"]) if isinstance(found, Mapping) else None

    @asks("mendaftar cabang", "list the branches")
    def branch_heads(self, project_id: int) -> Mapping[str, str]:
        """Every branch with its full commit id; empty for an empty repository.

        One request for all refs below ``heads/``: asked with the entity tag of the last answer, it costs
        nothing of the rate limit while no branch moved.
        """
        heads: dict[str, str] = {}
        following: str | None = f"{self._at(project_id)}/git/matching-refs/heads/"
        try:
            while following:
                headers, rows = self._requester.requestJsonAndCheck("GET", following)
                heads |= {row["ref"].removeprefix("refs/heads/"): row["object"]["sha"] for row in rows}
                following = next_page(str(headers.get("link", "")))
        except github.GithubException as problem:
            if status_of(problem) != _EMPTY_REPOSITORY:
                raise
        return heads

    # ---- files

    @asks("membaca berkas", "read a file")
    def read_file(self, project_id: int, path: str, ref: str) -> bytes | None:
        """One file at a ref, or None when the file or ref is not there.

        Above 1 MB the contents API tells the blob's id alone, and the blob (up to 100 MB) is read.
        """
        found = self._content(project_id, path, ref)
        if found is None:
            return None
        if found.get("encoding") != "base64":
            found = self._raw("GET", f"{self._at(project_id)}/git/blobs/{found['sha']}")
        return base64.b64decode(found["content"])

    def _content(self, project_id: int, path: str, ref: str) -> dict[str, Any] | None:
        """What the contents API says of a path; None unless it is a file."""
        if not is_safe_path(path):
            return None
        place = f"{self._at(project_id)}/contents/{quote(path)}"
        try:
            found = self._raw("GET", place, parameters={"ref": ref})
        except github.GithubException as problem:
            if _is_nowhere(problem):
                return None
            raise
        is_file = isinstance(found, Mapping) and found.get("type") == "file"
        return dict(found) if is_file else None

    # ---- writing

    @asks("menulis berkas", "write files")
    def commit_files(self, project_id: int, branch: str, message: str, files: Sequence[FileWrite]) -> str:
        """One commit with all ``files`` (created, updated or deleted as needed); the new commit id.

        An empty repository gets its first commit by a git push (see ``firstpush``); a missing branch of a
        filled one grows from the default branch. A deletion of what is not there is left out; when nothing
        else remains, the branch's head is the answer. A branch that moved meanwhile is never forced.
        """
        head = self._head(project_id, branch)
        start = head or self._start(project_id)
        if start is None:
            return self._first_commit(project_id, branch, message, files)
        gone = self._present(project_id, start, [file.path for file in files if file.content is None])
        wanted = [file for file in files if file.content is not None or file.path in gone]
        if not wanted and head:
            return head
        at = self._at(project_id)
        base = self._raw("GET", f"{at}/git/commits/{start}")["tree"]["sha"]
        tree = self._tree(project_id, base, wanted) if wanted else base
        body = {"message": message, "tree": tree, "parents": [start]}
        sha = str(self._raw("POST", f"{at}/git/commits", body=body)["sha"])
        self._move(project_id, branch, sha, create=head is None)
        return sha

    def _start(self, project_id: int) -> str | None:
        """The head that a new branch grows from; None in a repository without its default branch."""
        default = self._raw("GET", self._at(project_id)).get("default_branch")
        return self._head(project_id, default) if default else None

    def _first_commit(self, project_id: int, branch: str, message: str, files: Sequence[FileWrite]) -> str:
        found = self._raw("GET", self._at(project_id))
        target = FirstPush(
            # Ours, not the one in the answer: the token goes to the address that laik was given.
            url=f"{self.url}/{found['full_name']}.git",
            username=self.git_username,
            token=self.git_token(),
            author=self.whoami(),
            ca_file=self._ca_file,
        )
        return target.push(branch, message, files)

    def _present(self, project_id: int, ref: str, paths: Sequence[str]) -> set[str]:
        """Which of ``paths`` are files at ``ref``."""
        if len(paths) > _FEW_FILES:
            listed = self._raw(
                "GET", f"{self._at(project_id)}/git/trees/{ref}", parameters={"recursive": "1"}
            )
            if not listed["truncated"]:
                return {row["path"] for row in listed["tree"] if row["type"] == "blob"} & set(paths)
        return {path for path in paths if self._content(project_id, path, ref) is not None}

    def _tree(self, project_id: int, base: str, files: Sequence[FileWrite]) -> str:
        rows = [self._row(project_id, file) for file in files]
        body = {"base_tree": base, "tree": rows}
        return str(self._raw("POST", f"{self._at(project_id)}/git/trees", body=body)["sha"])

    def _row(self, project_id: int, file: FileWrite) -> dict[str, Any]:
        """One row of a new tree; ``sha`` null takes the path away."""
        mode = "100755" if file.executable else "100644"
        row: dict[str, Any] = {"path": file.path, "mode": mode, "type": "blob"}
        if file.content is None:
            return {**row, "sha": None}
        text = _text(file.content)
        if text is not None:
            return {**row, "content": text}
        body = {"content": base64.b64encode(file.content).decode(), "encoding": "base64"}
        return {**row, "sha": self._raw("POST", f"{self._at(project_id)}/git/blobs", body=body)["sha"]}

    def _move(self, project_id: int, branch: str, sha: str, *, create: bool) -> None:
        """Let the branch name the new commit: made where it was absent, else fast-forward alone."""
        at = self._at(project_id)
        try:
            if create:
                self._raw("POST", f"{at}/git/refs", body={"ref": f"refs/heads/{branch}", "sha": sha})
            else:
                place = f"{at}/git/refs/heads/{quote(branch)}"
                self._raw("PATCH", place, body={"sha": sha, "force": False})
        except github.GithubException as problem:
            said = str((problem.data or {}).get("message", "")) if isinstance(problem.data, Mapping) else ""
            if status_of(problem) == 422 and ("fast forward" in said or "already exists" in said):
                doing = Bilingual("menulis berkas", "write files")
                raise refused(doing, 422, said, remedy=_MOVED) from None
            raise

    # ---- who pushed

    @asks("membaca riwayat push", "read who pushed")
    def pushes(self, project_id: int, branch: str) -> Sequence[Push]:
        """Who pushed to ``branch``, by account, oldest first; merges name who merged.

        The activity list is GitHub's own record and outlives force pushes. An account that is gone is the
        ghost: who it was is unknown, so nobody can be cleared by it.
        """
        query = {"ref": f"refs/heads/{branch}", "direction": "asc"}
        try:
            rows = list(self._rows(f"{self._at(project_id)}/activity", parameters=query))
        except github.GithubException as problem:
            if status_of(problem) == _EMPTY_REPOSITORY:
                return []
            raise
        return [
            Push(convert.user(row["actor"]), branch, row["after"], convert.moment(row["timestamp"]))
            for row in rows
            if row["after"] != _ZERO and row["ref"] == f"refs/heads/{branch}"
        ]


def _is_nowhere(problem: github.GithubException) -> bool:
    """Whether the thing is not there, an empty repository included."""
    return is_absent(problem) or status_of(problem) == _EMPTY_REPOSITORY


def _text(content: bytes) -> str | None:
    """The content as text that JSON carries unchanged, or None when it must go as a blob."""
    if len(content) > _INLINE or b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None
