"""Found the demonstration's organisation on the embedded forge in GitHub's dialect.

Accounts, tokens and the organisation come from the addresses that administrators of GitHub Enterprise Server
have; the App is made without one, since people make Apps on a page. The rest is the owner's work.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import github

from automation.core.rights import APP_PERMISSIONS
from automation.demo.cast import Cast
from automation.demo.githubpeople import GitHubPerson, connect
from automation.demo.organisation import (
    BOT,
    CONTROL,
    GROUP,
    HOSTING,
    LOMBOK_TENGAH,
    OWNER,
    SECRET,
    Organisation,
    homes,
    project_files,
)
from automation.demo.people import Kind
from automation.localforge.apps import create_app
from automation.localforge.server import RunningForge
from automation.settings import AppIdentity

APP = f"{BOT}[bot]"  # how GitHub calls the account of an App
SCOPES = ("repo", "admin:org", "workflow")


def found(forge: RunningForge, cast: Cast = LOMBOK_TENGAH) -> Organisation:
    """Make the accounts, the organisation, the App, its projects, members and policy."""
    url, admin = forge.url, connect(forge.url, forge.admin_token)
    people = {account: _person(admin, url, account) for account in (OWNER, *cast.accounts)}
    owner = people[OWNER]
    _asked(admin, "POST", "/admin/organizations", {"login": GROUP, "admin": OWNER})
    _let_in(owner, cast)
    app = create_app(forge.engine, BOT, APP_PERMISSIONS, organisations=(GROUP,))
    for path, files in project_files("github", APP, cast).items():
        _asked(
            owner.client,
            "POST",
            f"/orgs/{GROUP}/repos",
            {"name": path.rpartition("/")[2], "private": True, "auto_init": False},
        )
        owner.push(path, dict(files), "Siapkan proyek", rewrite=True)
    _invite(owner, cast)
    _protect(owner)
    case_files, applications = homes("github")

    def page(project: str, kind: Kind, iid: int) -> str:
        return f"{url}/{project}/{'issues' if kind == 'issue' else 'pull'}/{iid}"

    return Organisation(
        people,
        "github",
        APP,
        case_files,
        applications,
        page,
        app=AppIdentity(app.app_id, app.private_key_pem),
        cast=cast,
    )


def _asked(client: github.Github, verb: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
    """One request that PyGithub has no method for; the JSON of the answer."""
    return client.requester.requestJsonAndCheck(verb, path, input=body)[1]


def _person(admin: github.Github, url: str, account: str) -> GitHubPerson:
    _asked(admin, "POST", "/admin/users", {"login": account, "email": f"{account}@contoh.invalid"})
    path = f"/admin/users/{account}/authorizations"
    made = _asked(admin, "POST", path, {"scopes": list(SCOPES)})
    return GitHubPerson(account, url, made["token"])


def _let_in(owner: GitHubPerson, cast: Cast) -> None:
    """The office's own people are members, all others stay outside and are invited to single repositories.

    Members see nothing by being members: without this every one of them could read every case.
    """
    _asked(owner.client, "PATCH", f"/orgs/{GROUP}", {"default_repository_permission": "none"})
    for account in cast.staff:
        # On a server of one's own this is no invitation: whoever administers it says who is in.
        _asked(owner.client, "PUT", f"/orgs/{GROUP}/memberships/{account}", {"role": "member"})


def _invite(owner: GitHubPerson, cast: Cast) -> None:
    """Everyone may file and comment in the control project; builders read there and nothing more.

    The office's own people own the policy and may be let merge its changes there.
    """
    for account in cast.accounts:
        _collaborator(owner, CONTROL, account, "maintain" if account in cast.staff else "pull")
    for account in (*cast.reviewers, *cast.owners):
        _collaborator(owner, HOSTING, account, "push")
    for account in cast.reviewers:
        _collaborator(owner, SECRET, account, "push")


def _collaborator(owner: GitHubPerson, project: str, account: str, permission: str) -> None:
    _asked(owner.client, "PUT", f"/repos/{project}/collaborators/{account}", {"permission": permission})


def _protect(owner: GitHubPerson) -> None:
    """Only laik merges into the hosting project; the office may push its own reports."""
    only_laik = {"users": [], "teams": [], "apps": [BOT]}
    for project, restrictions in ((CONTROL, only_laik), (HOSTING, only_laik), (SECRET, None)):
        _asked(
            owner.client,
            "PUT",
            f"/repos/{project}/branches/main/protection",
            {
                "required_status_checks": None,
                "enforce_admins": True,
                "required_pull_request_reviews": None,
                "restrictions": restrictions,
                "allow_force_pushes": False,
                "allow_deletions": False,
            },
        )
