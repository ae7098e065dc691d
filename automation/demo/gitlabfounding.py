"""Found the demonstration's organisation on a forge that speaks as GitLab does, over its REST interface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import gitlab

from automation.demo.cast import Cast
from automation.demo.gitlabpeople import GitLabPerson
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

GUEST, DEVELOPER, MAINTAINER, GROUP_OWNER = 10, 30, 40, 50


def found(url: str, admin_token: str, cast: Cast = LOMBOK_TENGAH) -> Organisation:
    """Make the accounts, groups, projects, members and policy."""
    admin = gitlab.Gitlab(url, private_token=admin_token, timeout=60)
    people = {account: _person(admin, url, account) for account in (OWNER, *cast.accounts)}
    ids = {account: person.id for account, person in people.items()}
    bot_id, bot_token = _bot(admin)
    case_files, applications = homes("gitlab")
    groups = {
        path: admin.groups.create({"name": path, "path": path}) for path in (GROUP, case_files, applications)
    }
    for group in groups.values():
        group.members.create({"user_id": bot_id, "access_level": GROUP_OWNER})
    groups[GROUP].members.create({"user_id": ids[OWNER], "access_level": GROUP_OWNER})
    projects = {
        path: _project(admin, groups[GROUP], path, files)
        for path, files in project_files("gitlab", BOT, cast).items()
    }
    _invite(projects, ids, cast)
    _protect(projects)

    def page(project: str, kind: Kind, iid: int) -> str:
        return f"{url}/{project}/-/{'issues' if kind == 'issue' else 'merge_requests'}/{iid}"

    return Organisation(people, "gitlab", BOT, case_files, applications, page, bot_token, cast=cast)


def _bot(admin: gitlab.Gitlab) -> tuple[int, str]:
    bot = admin.http_post("/service_accounts", post_data={"username": BOT, "name": "laik"})
    bot_id = int(bot["id"]) if isinstance(bot, dict) else 0
    token = admin.users.get(bot_id).personal_access_tokens.create({"name": "laik", "scopes": ["api"]})
    return bot_id, str(token.token)


def _person(admin: gitlab.Gitlab, url: str, account: str) -> GitLabPerson:
    user = admin.users.create(
        {
            "username": account,
            "name": account.replace("-", " ").title(),
            "email": f"{account}@contoh.invalid",
            "force_random_password": True,
            "skip_confirmation": True,
        }
    )
    token: Any = user.personal_access_tokens.create({"name": "peragaan", "scopes": ["api"]}).token
    return GitLabPerson(account, url, token, int(user.id))


def _project(admin: gitlab.Gitlab, group: Any, path: str, files: Mapping[str, bytes]) -> Any:
    name = path.rpartition("/")[2]
    project = admin.projects.create({"name": name, "path": name, "namespace_id": group.id})
    actions = [
        {"action": "create", "file_path": file, "content": content.decode()}
        for file, content in files.items()
    ]
    project.commits.create({"branch": "main", "commit_message": "Siapkan proyek", "actions": actions})
    return project


def _invite(projects: Mapping[str, Any], ids: Mapping[str, int], cast: Cast) -> None:
    """Everyone may file and comment in the control project; builders are guests there and nothing more.

    The office's own people own the policy: they merge its changes there.
    """
    for account in cast.accounts:
        access = MAINTAINER if account in cast.staff else GUEST
        projects[CONTROL].members.create({"user_id": ids[account], "access_level": access})
    for account in (*cast.reviewers, *cast.owners):
        projects[HOSTING].members.create({"user_id": ids[account], "access_level": DEVELOPER})
    for account in cast.reviewers:
        projects[SECRET].members.create({"user_id": ids[account], "access_level": DEVELOPER})


def _protect(projects: Mapping[str, Any]) -> None:
    """Only laik merges into the hosting project; the office may push its own reports."""
    levels = {CONTROL: MAINTAINER, HOSTING: MAINTAINER, SECRET: DEVELOPER}
    for name, level in levels.items():
        projects[name].protectedbranches.create(
            {"name": "main", "push_access_level": level, "merge_access_level": level}
        )
