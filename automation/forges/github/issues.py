"""Issues and comments on GitHub."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

import github

from automation.core.text import Bilingual
from automation.forges.base import Comment, Issue
from automation.forges.github import convertwork as convert
from automation.forges.github.accounts import AccountsPart
from automation.forges.github.board import BoardPart
from automation.forges.github.convert import iso
from automation.forges.github.session import PAGE, asks, is_absent, refused, status_of, word_of

Kind = Literal["issue", "merge_request"]

_EDITS = "query Edits($ids: [ID!]!) { nodes(ids: $ids) { ... on IssueComment { lastEditedAt } } }"
_EDITS_KEPT = 10_000


class IssuesPart(BoardPart, AccountsPart):
    """Issues and comments. Pull requests share numbers and comments with issues; they are kept apart here."""

    _edits: dict[tuple[int, str], bool]

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

    @asks("membuka kembali isu", "reopen an issue")
    def reopen_issue(self, issue: Issue) -> None:
        """Open the issue again."""
        body = {"state": "open", "state_reason": "reopened"}
        self._raw("PATCH", self._issue_at(issue.project_id, issue.iid), body=body)

    @asks("mendaftar komentar", "list the comments")
    def list_comments(self, project_id: int, kind: Kind, iid: int) -> Sequence[Comment]:
        """All comments, oldest first; none where the number is of the other kind."""
        rows = self._steady(f"{self._issue_at(project_id, iid)}/comments")
        under = [row for row in rows if convert.stands_under(row, kind)]
        self._learn_edits(under)
        return [self._as_edited(row) for row in under]

    def _as_edited(self, row: Mapping[str, Any]) -> Comment:
        found = convert.comment(row)
        return dataclasses.replace(found, edited=found.edited or self._edits.get(_text_of(row), False))

    def _learn_edits(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Ask when comments that address somebody were last edited; once for each text.

        The attack: whoever may push may edit the comments of others, and within the second in which a
        reviewer wrote something, a program can turn it into his approval. REST tells whole seconds and shows
        no edit then; ``lastEditedAt`` is null only where there never was one. It is asked after the text was
        read, so null says that this very text is its author's, whatever happens to it later.
        """
        if len(self._edits) > _EDITS_KEPT:
            self._edits.clear()
        asked = [row for row in rows if self._may_hide_an_edit(row)]
        for start in range(0, len(asked), PAGE):
            batch = asked[start : start + PAGE]
            answer = self._graphql(_EDITS, {"ids": [row["node_id"] for row in batch]})["nodes"]
            for row, node in zip(batch, answer, strict=True):
                # Gone by now: what it said cannot be told from an edit any more.
                self._edits[_text_of(row)] = node is None or node["lastEditedAt"] is not None

    def _may_hide_an_edit(self, row: Mapping[str, Any]) -> bool:
        """Whether its times show no edit, of a text where it matters.

        A command starts with ``@``; a text of laik's own starts with its mark, until somebody takes it out.
        """
        found = convert.comment(row)
        if found.edited or _text_of(row) in self._edits:
            return False
        if found.author.id == self.whoami().id:
            return not found.body.startswith("<!--")
        return "@" in found.body and not found.author.bot

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


def _text_of(row: Mapping[str, Any]) -> tuple[int, str]:
    """A comment and its text: another text is asked about anew."""
    return row["id"], hashlib.sha256((row.get("body") or "").encode("utf-8", "surrogatepass")).hexdigest()
