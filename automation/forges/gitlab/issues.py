"""Issues, comments, labels, milestones, boards and hooks on GitLab."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Literal

from gitlab.exceptions import GitlabCreateError, GitlabGetError
from gitlab.v4.objects import ProjectBoard, ProjectIssueNoteManager, ProjectMergeRequestNoteManager

from automation.core.text import Bilingual
from automation.forges.base import Comment, Issue, Label, Milestone
from automation.forges.gitlab import convert
from automation.forges.gitlab.hooks import HooksPart
from automation.forges.gitlab.listing import by_time, whole
from automation.forges.gitlab.session import asks, is_absent, refused, status_of

Kind = Literal["issue", "merge_request"]


class IssuesPart(HooksPart):
    """Issues and comments."""

    @asks("mendaftar isu", "list the issues")
    def list_issues(
        self,
        project_id: int,
        *,
        updated_after: datetime | None = None,
        state: Literal["open", "all"] = "open",
    ) -> Sequence[Issue]:
        """Issues, oldest first."""
        rows = by_time(
            functools.partial(
                self._project(project_id).issues.list,
                iterator=True,
                state="opened" if state == "open" else "all",
                order_by="created_at",
                sort="asc",
                **({"updated_after": convert.iso(updated_after)} if updated_after else {}),
            ),
            time="created_at",
            parameter="created_after",
        )
        return [convert.issue(row.attributes, self._person) for row in rows]

    @asks("membaca isu", "read an issue")
    def get_issue(self, project_id: int, iid: int) -> Issue | None:
        """One issue, or None when it is gone."""
        try:
            found = self._project(project_id).issues.get(iid)
        except GitlabGetError as problem:
            if is_absent(problem):
                return None
            raise
        return convert.issue(found.attributes, self._person)

    @asks("membuat isu", "make an issue")
    def create_issue(
        self, project_id: int, title: str, description: str, labels: Sequence[str] = ()
    ) -> Issue:
        """A new issue."""
        data = {"title": title, "description": description, "labels": list(labels)}
        made = self._project(project_id).issues.create(data)
        return convert.issue(made.attributes, self._person)

    @asks("mengubah label isu", "relabel an issue")
    def relabel_issue(self, issue: Issue, *, add: Iterable[str], remove: Iterable[str]) -> None:
        """Add and remove labels, leaving all others as they are.

        Never the full list: writing that would lose a label that someone set meanwhile.
        """
        data = {"add_labels": ",".join(add), "remove_labels": ",".join(remove)}
        self._change(issue, {key: names for key, names in data.items() if names})

    @asks("mengatur tonggak isu", "set an issue's milestone")
    def set_issue_milestone(self, issue: Issue, title: str | None) -> None:
        """Put the issue on the milestone of that title (None: on none)."""
        self._change(issue, {"milestone_id": self._milestone_id(issue.project_id, title) if title else 0})

    def _milestone_id(self, project_id: int, title: str) -> int:
        for row in self._project(project_id).milestones.list(iterator=True, title=title):
            if row.title == title:
                return int(row.id)
        raise refused(Bilingual("mencari tonggak", "find the milestone"), 404, title)

    @asks("menutup isu", "close an issue")
    def close_issue(self, issue: Issue) -> None:
        """Close the issue."""
        self._change(issue, {"state_event": "close"})

    @asks("membuka kembali isu", "reopen an issue")
    def reopen_issue(self, issue: Issue) -> None:
        """Open the issue again."""
        self._change(issue, {"state_event": "reopen"})

    def _change(self, issue: Issue, data: dict[str, Any]) -> None:
        if data:
            self._project(issue.project_id).issues.update(issue.iid, data)

    def _notes(
        self, project_id: int, kind: Kind, iid: int
    ) -> ProjectIssueNoteManager | ProjectMergeRequestNoteManager:
        project = self._project(project_id)
        if kind == "issue":
            return project.issues.get(iid, lazy=True).notes
        return project.mergerequests.get(iid, lazy=True).notes

    @asks("mendaftar komentar", "list the comments")
    def list_comments(self, project_id: int, kind: Kind, iid: int) -> Sequence[Comment]:
        """All comments, oldest first, without the forge's own system notes."""
        notes = self._notes(project_id, kind, iid)
        rows = whole(lambda: notes.list(iterator=True, sort="asc", order_by="created_at"))
        return [convert.comment(row.attributes, self._person) for row in rows if not row.system]

    @asks("menulis komentar", "write a comment")
    def add_comment(self, project_id: int, kind: Kind, iid: int, body: str) -> Comment:
        """Write a comment; ``body`` has passed the output port.

        Raises:
            ForgeRefused: also when the forge reports that it ran a command in the text.
        """
        made = self._notes(project_id, kind, iid).create({"body": body}).attributes
        _no_commands(made, body)
        return convert.comment(made, self._person)

    @asks("mengubah komentar", "edit a comment")
    def edit_comment(self, project_id: int, kind: Kind, iid: int, comment_id: int, body: str) -> None:
        """Replace a comment's text."""
        _no_commands(self._notes(project_id, kind, iid).update(comment_id, {"body": body}), body)

    @asks("membuat label", "make labels")
    def ensure_labels(self, project_id: int, labels: Sequence[Label]) -> int:
        """Make missing labels; the number written. Labels that exist are left as people made them."""
        manager = self._project(project_id).labels
        known = {row.name for row in whole(lambda: manager.list(iterator=True))}
        written = 0
        for label in labels:
            if label.name in known:
                continue
            data = {"name": label.name, "color": label.color, "description": label.description}
            try:
                manager.create(data)
            except GitlabCreateError as problem:
                # Someone made it meanwhile, or it differs in case alone: it is there.
                if status_of(problem) != 409:
                    raise
            else:
                written += 1
        return written

    @asks("membuat tonggak", "make milestones")
    def ensure_milestones(self, project_id: int, milestones: Sequence[Milestone]) -> int:
        """Make missing milestones and correct due dates; the number written."""
        manager = self._project(project_id).milestones
        known = {row.title: row for row in whole(lambda: manager.list(iterator=True))}
        written = 0
        for wanted in milestones:
            due = wanted.due.isoformat() if wanted.due else None
            standing = known.get(wanted.title)
            if standing is None:
                data = {"title": wanted.title, "description": wanted.description}
                manager.create({**data, "due_date": due} if due else data)
            elif (standing.due_date or None) != due:
                manager.update(standing.id, {"due_date": due or ""})
            else:
                continue
            written += 1
        return written

    @asks("menyusun papan", "arrange a board")
    def ensure_board_lists(self, project_id: int, board: str, labels: Sequence[str]) -> int:
        """A board of that name with one list a label, in order; the number written."""
        project = self._project(project_id)
        written = 0
        found = next((row for row in project.boards.list(iterator=True) if row.name == board), None)
        if found is None:
            found = project.boards.create({"name": board})
            written += 1
        lists = {
            row.label["name"]: row for row in found.lists.list(iterator=True) if row.attributes.get("label")
        }
        missing = [label for label in labels if label not in lists]
        ids = (
            {row.name: row.id for row in whole(lambda: project.labels.list(iterator=True))} if missing else {}
        )
        for label in missing:
            if label not in ids:
                raise refused(Bilingual("mencari label papan", "find the board's label"), 404, label)
            lists[label] = found.lists.create({"label_id": ids[label]})
        return written + len(missing) + _put_in_order(found, lists, labels)

    @asks("menaruh isu di papan", "place an issue on the board")
    def place_on_board(self, issue: Issue, board: str, lane: str | None, due: date | None) -> bool:
        """Give the issue that due date, which every board's card shows; True when something was written.

        ``board`` and ``lane`` need nothing: a list of a board is a label, and the label stands on the issue.
        """
        if issue.due == due:
            return False
        self._change(issue, {"due_date": due.isoformat() if due else ""})
        return True


def _put_in_order(board: ProjectBoard, lists: dict[str, Any], labels: Sequence[str]) -> int:
    """Move the lists so that the wanted labels stand in their order; the number of lists moved."""
    standing = sorted(labels, key=lambda label: int(lists[label].position))
    if standing == list(labels):
        return 0
    for place, label in enumerate(labels):
        board.lists.update(lists[label].id, {"position": place})
    return len(labels)


def _no_commands(answer: convert.Data, body: str) -> None:
    """Refuse when GitLab ran a quick action from our text.

    The attack: a title from a request that starts with ``/approve`` and is quoted in a bot's comment runs
    with the bot's rights. The output port prevents it; this sees it should that ever fail. GitLab tells by
    ``commands_changes``, by a note without an id when there was nothing but commands, and for some (such as
    ``/approve``) only by the line that is gone from the body. White space may differ without meaning.
    """
    kept = "".join(str(answer.get("body", "")).split()) == "".join(body.split())
    if answer.get("commands_changes") or "id" not in answer or not kept:
        raise refused(
            Bilingual(
                "menulis komentar tanpa menjalankan perintah di dalamnya",
                "write a comment without running a command in it",
            ),
            0,
            "commands_changes",
        )
