"""The organisation of the demonstration: role-named accounts, groups, projects and the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gitlab

from automation.collect.templates import bundled
from automation.core.render import render_tree
from automation.core.request import gitlab_template
from automation.demo.people import Person

BOT, OWNER = "laik", "pemilik-grup"
ICT_HEAD, REVIEWERS = "kepala-diskominfo", ("teknis-1", "teknis-2")
HEAD, TEAM, VENDOR = "kepala-dinkes", "tim-dinkes", "vendor-maju"
OTHER_HEAD, OTHER_TEAM = "kepala-dinsos", "tim-dinsos"
ACCOUNTS = (OWNER, ICT_HEAD, *REVIEWERS, HEAD, TEAM, VENDOR, OTHER_HEAD, OTHER_TEAM)
AGENCY, OTHER_AGENCY = "dinkes", "dinsos"
PARENT = "contoh.go.id"
CONTROL, HOSTING, SECRET = "diskominfo/kendali", "diskominfo/hosting", "diskominfo/rahasia"
GUEST, DEVELOPER, MAINTAINER, GROUP_OWNER = 10, 30, 40, 50


@dataclass(frozen=True)
class Organisation:
    """Everyone by account name, and laik's own token."""

    people: Mapping[str, Person]
    bot_token: str

    def __getitem__(self, account: str) -> Person:
        return self.people[account]


def found(url: str, admin_token: str) -> Organisation:
    """Make the accounts, groups, projects, members and policy; everything over the REST interface."""
    admin = gitlab.Gitlab(url, private_token=admin_token, timeout=60)
    people = {account: _person(admin, url, account) for account in ACCOUNTS}
    bot = admin.http_post("/service_accounts", post_data={"username": BOT, "name": "laik"})
    bot_id = int(bot["id"]) if isinstance(bot, dict) else 0
    bot_token = (
        admin.users.get(bot_id).personal_access_tokens.create({"name": "laik", "scopes": ["api"]}).token
    )
    groups = {
        path: admin.groups.create({"name": path, "path": path})
        for path in ("diskominfo", "berkas", "aplikasi")
    }
    for group in groups.values():
        group.members.create({"user_id": bot_id, "access_level": GROUP_OWNER})
    groups["diskominfo"].members.create({"user_id": people[OWNER].id, "access_level": GROUP_OWNER})
    projects = {
        name: admin.projects.create({"name": name, "path": name, "namespace_id": groups["diskominfo"].id})
        for name in ("kendali", "hosting", "rahasia")
    }
    _fill(projects["kendali"], _control_files())
    _fill(projects["hosting"], _template_files("hosting"))
    _fill(
        projects["rahasia"], {"README.md": b"# Rahasia\n\nHanya untuk Diskominfo; satu folder per kasus.\n"}
    )
    _invite(projects, people)
    _protect(projects)
    return Organisation(people, bot_token)


def _person(admin: gitlab.Gitlab, url: str, account: str) -> Person:
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
    person = Person(account, url, token)
    person.id = int(user.id)
    return person


def _control_files() -> dict[str, bytes]:
    files = _template_files("kendali")
    files[".gitlab/issue_templates/Permohonan.md"] = gitlab_template().encode()
    extra = (
        f"  {OTHER_AGENCY}:\n    nama: Dinas Sosial\n    peran:\n"
        f"      kepala_pd: [{OTHER_HEAD}]\n      tim_teknis_pd: [{OTHER_TEAM}]\n"
    )
    policy = files["laik.yaml"].decode()
    files["laik.yaml"] = policy.replace(
        "hosting:\n  induk_domain", f"{extra}hosting:\n  induk_domain"
    ).encode()
    return files


ANSWERS: Mapping[str, Mapping[str, object]] = {
    "kendali": {
        "pemerintah": "Pemerintah Kabupaten Contoh",
        "instansi": "Dinas Komunikasi dan Informatika Kabupaten Contoh",
        "zona_waktu": "Asia/Makassar",
        "sop": "lombok-tengah",
        "bot": BOT,
        "grup": "diskominfo",
        "grup_berkas": "berkas",
        "grup_aplikasi": "aplikasi",
        "kepala_diskominfo": [ICT_HEAD],
        "tim_teknis_diskominfo": list(REVIEWERS),
        "pd_kunci": AGENCY,
        "pd_nama": "Dinas Kesehatan",
        "kepala_pd": [HEAD],
        "tim_teknis_pd": [TEAM],
        "induk_domain": PARENT,
        "alamat": "127.0.0.1",
        "hulu_alamat": "127.0.0.1",
        "hulu_port": 9000,
    },
    "hosting": {
        "pemerintah": "Pemerintah Kabupaten Contoh",
        "instansi": "Dinas Komunikasi dan Informatika Kabupaten Contoh",
        "induk_domain": PARENT,
        "pemilik_kode": "@diskominfo",
    },
}


def _template_files(template: str) -> dict[str, bytes]:
    return {one.path: one.content for one in render_tree(bundled()[template], ANSWERS[template])}


def _fill(project: Any, files: Mapping[str, bytes]) -> None:
    actions = [
        {"action": "create", "file_path": path, "content": content.decode()}
        for path, content in files.items()
    ]
    project.commits.create({"branch": "main", "commit_message": "Siapkan proyek", "actions": actions})


def _invite(projects: Mapping[str, Any], people: Mapping[str, Person]) -> None:
    """Everyone may file and comment in the control project; builders are guests there and nothing more."""
    for account in ACCOUNTS:
        if account != OWNER:
            access = DEVELOPER if account in REVIEWERS else GUEST
            projects["kendali"].members.create({"user_id": people[account].id, "access_level": access})
    for account in (*REVIEWERS, TEAM, OTHER_TEAM):
        projects["hosting"].members.create({"user_id": people[account].id, "access_level": DEVELOPER})
    for account in REVIEWERS:
        projects["rahasia"].members.create({"user_id": people[account].id, "access_level": DEVELOPER})


def _protect(projects: Mapping[str, Any]) -> None:
    """Only laik merges into the hosting project; the office may push its own reports."""
    levels = {"kendali": MAINTAINER, "hosting": MAINTAINER, "rahasia": DEVELOPER}
    for name, level in levels.items():
        projects[name].protectedbranches.create(
            {"name": "main", "push_access_level": level, "merge_access_level": level}
        )
