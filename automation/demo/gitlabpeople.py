"""People on a GitLab, through python-gitlab with their own token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import gitlab

from automation.demo.people import Kind, Light, Person, Refused


@dataclass
class GitLabPerson(Person):
    """See :class:`automation.demo.people.Person`."""

    client: gitlab.Gitlab = field(init=False, repr=False)
    id: int = 0

    def __post_init__(self) -> None:
        self.client = gitlab.Gitlab(self.url, private_token=self.token, timeout=60)

    def project(self, path: str) -> Any:
        """A project as this person sees it."""
        return self.client.projects.get(path)

    def file_issue(self, project: str, title: str, body: str) -> int:
        """File an issue; its number."""
        return int(self._at(project).issues.create({"title": title, "description": body}).iid)

    def edit_issue(self, project: str, iid: int, body: str) -> None:
        """Change the text of one's issue."""
        issue = self._at(project).issues.get(iid)
        issue.description = body
        issue.save()

    def say(self, project: str, iid: int, text: str, *, kind: Kind = "issue") -> None:
        """Comment on an issue or merge request."""
        self._noteable(project, iid, kind).notes.create({"body": text})

    def reads(self, project: str, iid: int, *, kind: Kind = "issue") -> list[tuple[str, str]]:
        """Comments as (account, text), oldest first."""
        notes = self._noteable(project, iid, kind).notes.list(get_all=True, sort="asc", order_by="created_at")
        return [(note.author["username"], note.body) for note in notes if not note.system]

    def sees(self, project: str, iid: int) -> tuple[bool, frozenset[str]]:
        """Whether an issue is open, and its labels."""
        issue = self._at(project).issues.get(iid)
        return issue.state == "opened", frozenset(issue.labels)

    def alarms(self, project: str, label: str) -> list[str]:
        """What is said on the open issues with a label."""
        issues = self._at(project).issues.list(get_all=True, state="opened", labels=[label])
        return [note.body for issue in issues for note in issue.notes.list(get_all=True)]

    def open_request(self, project: str, branch: str, title: str, target: str = "main") -> int:
        """Open a merge request; its number."""
        created = self._at(project).mergerequests.create(
            {"source_branch": branch, "target_branch": target, "title": title, "remove_source_branch": True}
        )
        return int(created.iid)

    def merge(self, project: str, iid: int) -> None:
        """Merge a merge request as this person."""
        try:
            self._at(project).mergerequests.get(iid).merge()
        except gitlab.GitlabError as refusal:
            raise Refused(str(refusal.error_message)) from None

    def close_request(self, project: str, iid: int) -> None:
        """Close a merge request."""
        request = self._at(project).mergerequests.get(iid)
        request.state_event = "close"
        request.save()

    def merged(self, project: str) -> dict[int, str]:
        """Every merged merge request, with who merged it by the forge's own record."""
        requests = self._at(project).mergerequests.list(state="merged", get_all=True)
        return {int(request.iid): request.merged_by["username"] for request in requests}

    def head(self, project: str, branch: str) -> str:
        """The commit a branch is at."""
        return str(self._at(project).branches.get(branch).commit["id"])

    def enters(self, project: str) -> bool:
        """Whether a repository with content is open to this person."""
        try:
            return bool(self.head(project, "main"))
        except gitlab.GitlabError:
            return False

    def file(self, project: str, path: str) -> bytes:
        """A file on the default branch."""
        content: bytes = self._at(project).files.get(path, ref="main").decode()
        return content

    def light(self, project: str, sha: str, context: str) -> Light:
        """The newest status of one context on a commit; empty while there is none."""
        statuses = self._at(project).commits.get(sha).statuses.list(get_all=True)
        found = [Light(one.status, one.author["username"]) for one in statuses if one.name == context]
        return found[0] if found else Light()

    def forge_light(self, project: str, sha: str, context: str) -> None:
        """Post a green status under somebody else's name, in whatever way the forge lets this person."""
        commit = self._at(project).commits.get(sha)
        commit.statuses.create({"state": "success", "name": context, "description": "aman"})

    def allow_force_push(self, project: str, branch: str) -> None:
        """Take away what keeps the owner from replacing a protected branch."""
        rule = self._at(project).protectedbranches.get(branch)
        rule.allow_force_push = True
        rule.save()

    def members(self, project: str) -> frozenset[str]:
        """Everyone who was let into a project."""
        members = self._at(project).members_all.list(get_all=True)
        return frozenset(member.username for member in members)

    def _noteable(self, project: str, iid: int, kind: Kind) -> Any:
        at = self._at(project)
        return (at.issues if kind == "issue" else at.mergerequests).get(iid, lazy=True)

    def _at(self, path: str) -> Any:
        """A project by its path alone, without asking for it first."""
        return self.client.projects.get(path, lazy=True)
