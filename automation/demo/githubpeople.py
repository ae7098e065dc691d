"""People on a GitHub, through PyGithub with their own token."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import github
from github.CheckRun import CheckRun
from github.Repository import Repository

from automation.demo.people import Kind, Light, Person, Refused

STATES = {"success": "success", "failure": "failed", "error": "failed", "pending": "pending"}


@dataclass
class GitHubPerson(Person):
    """See :class:`automation.demo.people.Person`."""

    client: github.Github = field(init=False, repr=False)
    _known: dict[str, Repository] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.client = connect(self.url, self.token)

    def arrives(self, project: str) -> None:
        """Accept the invitation to a repository: who is no member of the organisation gets in only so."""
        if project in self._known:
            return
        me: Any = self.client.get_user()
        for invitation in me.get_invitations():
            if invitation.repository.full_name == project:
                me.accept_invitation(invitation)
        self._known[project] = self.client.get_repo(project)

    def repo(self, project: str) -> Repository:
        """A repository as this person sees it."""
        self.arrives(project)
        return self._known[project]

    def file_issue(self, project: str, title: str, body: str) -> int:
        """File an issue; its number."""
        return self.repo(project).create_issue(title, body).number

    def edit_issue(self, project: str, iid: int, body: str) -> None:
        """Change the text of one's issue."""
        self.repo(project).get_issue(iid).edit(body=body)

    def say(self, project: str, iid: int, text: str, *, kind: Kind = "issue") -> None:
        """Comment on an issue or merge request."""
        # GitHub comments pull requests as issues.
        self.repo(project).get_issue(iid).create_comment(text)

    def reads(self, project: str, iid: int, *, kind: Kind = "issue") -> list[tuple[str, str]]:
        """Comments as (account, text), oldest first."""
        return [(one.user.login, one.body) for one in self.repo(project).get_issue(iid).get_comments()]

    def sees(self, project: str, iid: int) -> tuple[bool, frozenset[str]]:
        """Whether an issue is open, and its labels."""
        issue = self.repo(project).get_issue(iid)
        return issue.state == "open", frozenset(label.name for label in issue.labels)

    def alarms(self, project: str, label: str) -> list[str]:
        """What is said on the open issues with a label."""
        issues = self.repo(project).get_issues(state="open", labels=[label])
        return [comment.body for issue in issues for comment in issue.get_comments()]

    def open_request(self, project: str, branch: str, title: str, target: str = "main") -> int:
        """Open a merge request; its number."""
        return self.repo(project).create_pull(base=target, head=branch, title=title, body="").number

    def merge(self, project: str, iid: int) -> None:
        """Merge a merge request as this person."""
        try:
            self.repo(project).get_pull(iid).merge()
        except github.GithubException as refusal:
            raise Refused(str(refusal.message)) from None

    def close_request(self, project: str, iid: int) -> None:
        """Close a merge request."""
        self.repo(project).get_pull(iid).edit(state="closed")

    def merged(self, project: str) -> dict[int, str]:
        """Every merged merge request, with who merged it by the forge's own record."""
        repo = self.repo(project)
        numbers = [one.number for one in repo.get_pulls(state="closed") if one.merged_at]
        # Only a single pull request says who merged it, the list does not.
        return {number: repo.get_pull(number).merged_by.login for number in numbers}

    def head(self, project: str, branch: str) -> str:
        """The commit a branch is at."""
        return self.repo(project).get_branch(branch).commit.sha

    def enters(self, project: str) -> bool:
        """Whether a repository with content is open to this person."""
        try:
            return bool(self.head(project, "main"))
        except github.GithubException:
            return False

    def file(self, project: str, path: str) -> bytes:
        """A file on the default branch."""
        found = self.repo(project).get_contents(path)
        if isinstance(found, list):
            raise Refused(f"{path} adalah folder")
        return found.decoded_content

    def light(self, project: str, sha: str, context: str) -> Light:
        """The newest of status and check run; of two in one second the status, which anyone may post."""
        # PyGithub reads statuses at an address that GitHub keeps, and does not document any more.
        path = f"/repos/{project}/commits/{sha}/statuses"
        rows: Any = self.client.requester.requestJsonAndCheck("GET", path, parameters={"per_page": 100})[1]
        shown = [
            (
                datetime.fromisoformat(one["created_at"]),
                1,
                Light(STATES[one["state"]], one["creator"]["login"]),
            )
            for one in rows
            if one["context"] == context
        ]
        runs = self.repo(project).get_commit(sha).get_check_runs(check_name=context)
        shown += [(_since(run), 0, _light(run)) for run in runs]
        return max(shown, key=lambda one: one[:2])[2] if shown else Light()

    def forge_light(self, project: str, sha: str, context: str) -> None:
        """Post a green commit status; a check run of that name is refused to everybody but apps.

        Raises:
            Refused: a person could make a check run; the forge would be no GitHub.
        """
        repo = self.repo(project)
        try:
            repo.create_check_run(context, sha, status="completed", conclusion="success")
        except github.GithubException:
            repo.get_commit(sha).create_status("success", context=context, description="aman")
            time.sleep(1.0)  # GitHub tells times in seconds: what laik shows next is then surely the newer
        else:
            raise Refused("check run buatan orang diterima")

    def allow_force_push(self, project: str, branch: str) -> None:
        """An owner takes the whole protection away."""
        self.repo(project).get_branch(branch).remove_protection()

    def members(self, project: str) -> frozenset[str]:
        """Everyone who was let into a project."""
        return frozenset(one.login for one in self.repo(project).get_collaborators())


def connect(url: str, token: str) -> github.Github:
    """A client without PyGithub's pauses and retries."""
    return github.Github(
        auth=github.Auth.Token(token),
        base_url=f"{url}/api/v3",
        timeout=60,
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
    )


def _since(run: CheckRun) -> datetime:
    return run.completed_at or run.started_at


def _light(run: CheckRun) -> Light:
    state = {"queued": "pending", "in_progress": "running"}.get(run.status)
    return Light(state or ("success" if run.conclusion == "success" else "failed"), f"{run.app.slug}[bot]")
