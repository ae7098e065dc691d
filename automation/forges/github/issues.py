"""Issues and comments on GitHub."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

import github

from automation.core.text import Bilingual
from automation.forges.base import Comment, Issue
from automation.forges.github import convertwork as convert
from automation.forges.github.board import BoardPart
from automation.forges.github.convert import iso
from automation.forges.github.session import asks, is_absent, refused, status_of, word_of

Kind = Literal["issue", "merge_request"]


class IssuesPart(BoardPart):
    """Issues and comments. Pull requests share numbers and comments with issues; they are kept apart here."""

    @asks("mendaftar isu", "list the issues")
    def list_issues(
        self,
        project_id: int,
        *,
        updated_after: datetime | None = None,
        state: Literal["open", "all"] = "open",
    ) -> Sequence[Issue]:
        """Issues, oldest first."""
        told = {"state": state, "sort": "created", "direction": "asc"}
        if updated_after:
            told["since"] = iso(updated_after)
        rows = self._rows(f"{self._at(project_id)}/issues", parameters=told)
        return [convert.issue(row, project_id) for row in rows if not convert.is_pull_request(row)]

    @asks("membaca isu", "read an issue")
    def get_issue(self, project_id: int, iid: int) -> Issue | None:
        """One issue, or None when it is gone.

        Gone is what was deleted (410), moved to another repository (301) or never was (404), and the number
        of a pull request. While the repository has its issues switched off (410 as well), nothing is known.
        """
        try:
            found = self._raw("GET", self._issue_at(project_id, iid))
        except github.GithubException as problem:
            if is_absent(problem) or (status_of(problem) == 410 and "disabled" not in word_of(problem)):
                return None
            raise
        return None if convert.is_pull_request(found) else convert.issue(found, project_id)

    @asks("membuat isu", "make an issue")
    def create_issue(
        self, project_id: int, title: str, description: str, labels: Sequence[str] = ()
    ) -> Issue:
        """A new issue."""
        data = {"title": title, "body": description, "labels": list(labels)}
        return convert.issue(self._raw("POST", f"{self._at(project_id)}/issues", body=data), project_id)

    @asks("mengubah label isu", "relabel an issue")
    def relabel_issue(self, issue: Issue, *, add: Iterable[str], remove: Iterable[str]) -> None:
        """Add and remove labels, leaving all others as they are.

        Never the full list (PUT): writing that would lose a label that someone set meanwhile.
        """
        added = list(add)
        if added:
            self._raw("POST", f"{self._issue_at(issue.project_id, issue.iid)}/labels", body={"labels": added})
        for name in remove:
            self._take_off(issue, name)

    def _take_off(self, issue: Issue, name: str) -> None:
        label = quote(name, safe="")
        try:
            self._raw("DELETE", f"{self._issue_at(issue.project_id, issue.iid)}/labels/{label}")
        except github.GithubException as problem:
            # Somebody took it off first. A missing issue answers 404 as well, but with other words.
            if status_of(problem) != 404 or "label does not exist" not in word_of(problem).lower():
                raise

    @asks("mengatur tonggak isu", "set an issue's milestone")
    def set_issue_milestone(self, issue: Issue, title: str | None) -> None:
        """Put the issue on the milestone of that title (None: on none)."""
        found = self._milestone(issue.project_id, title) if title else None
        body = {"milestone": found["number"] if found else None}
        self._raw("PATCH", self._issue_at(issue.project_id, issue.iid), body=body)

    def _milestone(self, project_id: int, title: str) -> Mapping[str, Any]:
        path = f"{self._at(project_id)}/milestones"
        for row in self._rows(path, parameters={"state": "all"}):
            if row["title"] == title:
                return row
        raise refused(Bilingual("mencari tonggak", "find the milestone"), 404, title)

    @asks("menutup isu", "close an issue")
    def close_issue(self, issue: Issue) -> None:
        """Close the issue as completed."""
        body = {"state": "closed", "state_reason": "completed"}
        self._raw("PATCH", self._issue_at(issue.project_id, issue.iid), body=body)

    @asks("mendaftar komentar", "list the comments")
    def list_comments(self, project_id: int, kind: Kind, iid: int) -> Sequence[Comment]:
        """All comments, oldest first; none where the number is of the other kind."""
        rows = self._rows(f"{self._issue_at(project_id, iid)}/comments")
        return [convert.comment(row) for row in rows if convert.stands_under(row, kind)]

    @asks("menulis komentar", "write a comment")
    def add_comment(self, project_id: int, kind: Kind, iid: int, body: str) -> Comment:
        """Write a comment; ``body`` has passed the output port. GitHub runs no commands in a text."""
        made = self._raw("POST", f"{self._issue_at(project_id, iid)}/comments", body={"body": body})
        return convert.comment(made)

    @asks("mengubah komentar", "edit a comment")
    def edit_comment(self, project_id: int, kind: Kind, iid: int, comment_id: int, body: str) -> None:
        """Replace a comment's text."""
        self._raw("PATCH", f"{self._at(project_id)}/issues/comments/{comment_id}", body={"body": body})

    def _issue_at(self, project_id: int, iid: int) -> str:
        return f"{self._at(project_id)}/issues/{int(iid)}"
