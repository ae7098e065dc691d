"""Accounts, organisations and repositories as GitHub's JSON."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from automation.localforge.engine import Engine
from automation.localforge.githubdialect.rendergit import node_id, short
from automation.localforge.permissions import GUEST, project_level
from automation.localforge.records import Namespace, Project
from automation.localforge.records import User as Account

__all__ = [
    "ROLES",
    "organisation",
    "owner",
    "permissions",
    "private_user",
    "public_user",
    "repository",
    "user",
]

ROLES = {10: "read", 20: "triage", 30: "write", 40: "maintain", 50: "admin"}
"""GitHub's role of each of the engine's levels."""


def _links(base: str, html: str) -> dict[str, Any]:
    return {
        "url": base,
        "html_url": html,
        "followers_url": f"{base}/followers",
        "following_url": base + "/following{/other_user}",
        "gists_url": base + "/gists{/gist_id}",
        "starred_url": base + "/starred{/owner}{/repo}",
        "subscriptions_url": f"{base}/subscriptions",
        "organizations_url": f"{base}/orgs",
        "repos_url": f"{base}/repos",
        "events_url": base + "/events{/privacy}",
        "received_events_url": f"{base}/received_events",
    }


def user(engine: Engine, account: Account) -> dict[str, Any]:
    """An account as it stands inside other things ("simple user")."""
    base = f"{engine.url}/api/v3/users/{quote(account.username)}"
    app = account.bot and account.username.endswith("[bot]")
    page = f"apps/{account.username.removesuffix('[bot]')}" if app else account.username
    return {
        "login": account.username,
        "id": account.id,
        "node_id": node_id("Bot" if account.bot else "User", account.id),
        "avatar_url": f"{engine.url}/avatars/u/{account.id}",
        "gravatar_id": "",
        **_links(base, f"{engine.url}/{page}"),
        "type": "Bot" if app else "User",
        "user_view_type": "public",
        "site_admin": account.admin,
    }


def public_user(engine: Engine, account: Account) -> dict[str, Any]:
    """An account's own page."""
    told = {"name": account.name or None, "created_at": short(account.created_at)}
    return {**user(engine, account), **_PAGE, **told, "updated_at": told["created_at"]}


def organisation_page(engine: Engine, place_: Namespace) -> dict[str, Any]:
    """An organisation where an account was asked for."""
    told = {"name": place_.name, "created_at": short(place_.created_at)}
    return {**place(engine, place_), **_PAGE, **told, "updated_at": told["created_at"]}


_PAGE = {
    "company": None,
    "blog": "",
    "location": None,
    "email": None,
    "hireable": None,
    "bio": None,
    "twitter_username": None,
    "public_repos": 0,
    "public_gists": 0,
    "followers": 0,
    "following": 0,
}


def private_user(engine: Engine, account: Account) -> dict[str, Any]:
    """An account as it sees itself."""
    return {
        **public_user(engine, account),
        "email": account.email,
        "user_view_type": "private",
        "private_gists": 0,
        "total_private_repos": 0,
        "owned_private_repos": 0,
        "disk_usage": 0,
        "collaborators": 0,
        "two_factor_authentication": False,
    }


def organisation(engine: Engine, place: Namespace) -> dict[str, Any]:
    """An organisation as it stands in lists ("organization simple")."""
    base = f"{engine.url}/api/v3/orgs/{place.path}"
    return {
        "login": place.path,
        "id": place.id,
        "node_id": node_id("Organization", place.id),
        "url": base,
        "repos_url": f"{base}/repos",
        "events_url": f"{base}/events",
        "hooks_url": f"{base}/hooks",
        "issues_url": f"{base}/issues",
        "members_url": base + "/members{/member}",
        "public_members_url": base + "/public_members{/member}",
        "avatar_url": f"{engine.url}/avatars/o/{place.id}",
        "description": place.description or None,
    }


def _organisation_owner(engine: Engine, place: Namespace) -> dict[str, Any]:
    base = f"{engine.url}/api/v3/users/{place.path}"
    return {
        "login": place.path,
        "id": place.id,
        "node_id": node_id("Organization", place.id),
        "avatar_url": f"{engine.url}/avatars/o/{place.id}",
        "gravatar_id": "",
        **_links(base, f"{engine.url}/{place.path}"),
        "type": "Organization",
        "user_view_type": "public",
        "site_admin": False,
    }


def organisation_full(engine: Engine, place: Namespace) -> dict[str, Any]:
    """An organisation's own page."""
    return {
        **organisation(engine, place),
        "name": place.name,
        "is_verified": False,
        "has_organization_projects": True,
        "has_repository_projects": True,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "html_url": f"{engine.url}/{place.path}",
        "type": "Organization",
        "created_at": short(place.created_at),
        "updated_at": short(place.created_at),
        "archived_at": None,
    }


def owner(engine: Engine, project: Project) -> dict[str, Any]:
    """Whose repository it is."""
    found = engine.store.one(Namespace, "SELECT * FROM namespaces WHERE id = ?", project.namespace_id)
    if found is None:  # pragma: no cover - a repository lies in a namespace
        raise LookupError(project.full_path)
    return place(engine, found)


def place(engine: Engine, place: Namespace) -> dict[str, Any]:
    """A person's or organisation's place, both in the shape of an account."""
    if place.kind == "user":
        found = engine.store.one(Account, "SELECT * FROM users WHERE id = ?", place.owner_id)
        if found is not None:
            return user(engine, found)
    return _organisation_owner(engine, place)


def permissions(level: int) -> dict[str, bool]:
    """What a level lets its holder do, as GitHub lists it."""
    return {
        "admin": level >= 50,
        "maintain": level >= 40,
        "push": level >= 30,
        "triage": level >= 20,
        "pull": level >= GUEST,
    }


_BELOW = {
    "archive": "/{archive_format}{/ref}",
    "assignees": "/assignees{/user}",
    "blobs": "/git/blobs{/sha}",
    "branches": "/branches{/branch}",
    "collaborators": "/collaborators{/collaborator}",
    "comments": "/comments{/number}",
    "commits": "/commits{/sha}",
    "compare": "/compare/{base}...{head}",
    "contents": "/contents/{+path}",
    "contributors": "/contributors",
    "deployments": "/deployments",
    "downloads": "/downloads",
    "events": "/events",
    "forks": "/forks",
    "git_commits": "/git/commits{/sha}",
    "git_refs": "/git/refs{/sha}",
    "git_tags": "/git/tags{/sha}",
    "hooks": "/hooks",
    "issue_comment": "/issues/comments{/number}",
    "issue_events": "/issues/events{/number}",
    "issues": "/issues{/number}",
    "keys": "/keys{/key_id}",
    "labels": "/labels{/name}",
    "languages": "/languages",
    "merges": "/merges",
    "milestones": "/milestones{/number}",
    "notifications": "/notifications{?since,all,participating}",
    "pulls": "/pulls{/number}",
    "releases": "/releases{/id}",
    "stargazers": "/stargazers",
    "statuses": "/statuses/{sha}",
    "subscribers": "/subscribers",
    "subscription": "/subscription",
    "tags": "/tags",
    "teams": "/teams",
    "trees": "/git/trees{/sha}",
}


def repository(
    engine: Engine, viewer: Account | None, project: Project, *, full: bool = False
) -> dict[str, Any]:
    """A repository; ``full`` adds what only its own page tells."""
    base = f"{engine.url}/api/v3/repos/{project.full_path}"
    page = f"{engine.url}/{project.full_path}"
    settings = json.loads(project.settings)
    pushed = engine.store.value("SELECT max(created_at) FROM events WHERE project_id = ?", project.id)
    shown = {
        "id": project.id,
        "node_id": node_id("Repository", project.id),
        "name": project.path,
        "full_name": project.full_path,
        "owner": owner(engine, project),
        "private": project.visibility != "public",
        "html_url": page,
        "description": project.description or None,
        "fork": False,
        "url": base,
        **{f"{name}_url": base + below for name, below in _BELOW.items()},
        "git_url": f"git://{page.partition('://')[2]}.git",
        "ssh_url": f"git@{page.partition('://')[2]}.git",
        "clone_url": f"{page}.git",
        "svn_url": page,
        "mirror_url": None,
        "homepage": settings.get("homepage"),
        "language": None,
        "forks_count": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        # In kB, and GitHub counts it hourly: a repository with its first commits says 0 for a while.
        "size": 0 if pushed is None or pushed[:13] == engine.now()[:13] else 1,
        "default_branch": project.default_branch,
        "open_issues_count": _open_issues(engine, project),
        "is_template": bool(settings.get("is_template")),
        "topics": settings.get("topics") or [],
        "has_issues": settings.get("has_issues", True),
        "has_projects": settings.get("has_projects", True),
        "has_wiki": settings.get("has_wiki", True),
        "has_pages": False,
        "has_downloads": True,
        "has_discussions": False,
        "archived": project.archived,
        "disabled": False,
        "visibility": project.visibility,
        "pushed_at": short(pushed or project.created_at),
        "created_at": short(project.created_at),
        "updated_at": short(project.last_activity_at),
        "allow_forking": False,
        "web_commit_signoff_required": False,
        "forks": 0,
        "open_issues": _open_issues(engine, project),
        "watchers": 0,
        "license": None,
        "permissions": permissions(project_level(engine, viewer, project)),
    }
    return shown | _full_only(settings) if full else shown


def _open_issues(engine: Engine, project: Project) -> int:
    """Issues and pull requests together, as GitHub counts them."""
    return int(
        engine.store.value(
            "SELECT (SELECT count(*) FROM issues WHERE project_id = ? AND state = 'opened')"
            " + (SELECT count(*) FROM merge_requests WHERE project_id = ? AND state = 'opened')",
            project.id,
            project.id,
        )
    )


_MERGING = {
    "allow_rebase_merge": True,
    "allow_squash_merge": True,
    "allow_merge_commit": True,
    "allow_auto_merge": False,
    "allow_update_branch": False,
    "delete_branch_on_merge": False,
}


def _full_only(settings: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: settings.get(name, usual) for name, usual in _MERGING.items()},
        "squash_merge_commit_title": "COMMIT_OR_PR_TITLE",
        "squash_merge_commit_message": "COMMIT_MESSAGES",
        "merge_commit_title": "MERGE_MESSAGE",
        "merge_commit_message": "PR_TITLE",
        "network_count": 0,
        "subscribers_count": 0,
    }
