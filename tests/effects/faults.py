"""Misconfigurations to plant in a healthy office, each mended when its block ends.

A fault is a context manager that gives what the environment of the run has otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from automation.cli import doctor
from automation.core.catalogue import Catalogue, sop_digest
from automation.core.errors import InvalidProcedure
from automation.core.verified import SignatureRow
from automation.demo import organisation as org
from automation.examine import machine
from automation.forges.base import Access
from automation.localforge.githubdialect import users as github_users
from automation.localforge.gitlabdialect import users as gitlab_users
from automation.store import open_store
from tests.effects.clinic import OUTSIDER, Clinic

Changed = Mapping[str, str | None]
Fault = Callable[[Clinic], AbstractContextManager[Changed]]
NOTHING: Changed = {}


@dataclass(frozen=True)
class Planted:
    """``bad``: the check that must turn bad, and no other; ``fails``: whether it is more than a warning."""

    fault: Fault
    bad: str
    fails: bool = True
    dialects: tuple[str, ...] = ("gitlab", "github")

    @property
    def name(self) -> str:
        return self.fault.__name__


PLANTED: list[Planted] = []


def planted(bad: str, *, fails: bool = True, on: str = "gitlab github") -> Callable[[Any], Fault]:
    """Register a generator function as a fault that turns the check ``bad`` bad."""

    def register(function: Any) -> Fault:
        fault = contextmanager(function)
        PLANTED.append(Planted(fault, bad, fails, tuple(on.split())))
        return fault

    return register


@contextmanager
def patched(place: object, name: str, value: object) -> Iterator[Changed]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, name, value)
        yield NOTHING


# -- this machine


@planted("settings_complete")
def a_setting_is_malformed(clinic: Clinic) -> Iterator[Changed]:
    yield {"LAIK_DNS": "tanpa-porta"}


@planted("state_folder")
def the_state_folder_is_open_to_others(clinic: Clinic) -> Iterator[Changed]:
    folder = Path(clinic.environment["LAIK_STATE"])
    folder.chmod(0o755)
    yield NOTHING
    folder.chmod(0o700)


@planted("secret_files")
def a_secret_file_is_open_to_others(clinic: Clinic) -> Iterator[Changed]:
    file = Path(clinic.environment["LAIK_HOOK_SECRET_FILE"])
    file.chmod(0o644)
    yield NOTHING
    file.chmod(0o600)


@planted("out_folder")
def laik_may_write_what_is_served(clinic: Clinic) -> Iterator[Changed]:
    folder = Path(clinic.environment["LAIK_OUT"])
    folder.chmod(0o755)
    yield NOTHING
    folder.chmod(0o555)


@planted("out_folder", fails=False)
def laik_publishes_by_itself(clinic: Clinic) -> Iterator[Changed]:
    yield {"LAIK_APPLY": None}


class Usage(NamedTuple):
    free: int


@planted("disk_space")
def the_disk_is_full(clinic: Clinic) -> Iterator[Changed]:
    with patched(machine.shutil, "disk_usage", lambda _: Usage(1024)):
        yield NOTHING


@planted("database")
def the_database_is_no_database(clinic: Clinic) -> Iterator[Changed]:
    file = clinic.folder / "rusak.sqlite3"
    file.write_bytes(b"bukan basis data" * 100)
    yield {"LAIK_STORE": f"sqlite:///{file}"}


@planted("database")
def the_database_is_of_a_newer_laik(clinic: Clinic) -> Iterator[Changed]:
    url = f"sqlite:///{clinic.folder / 'baru.sqlite3'}"
    store = open_store(url)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO schema_version VALUES (99)")
    store.close()
    yield {"LAIK_STORE": url}


@planted("database", fails=False)
def there_is_no_database_yet(clinic: Clinic) -> Iterator[Changed]:
    yield {"LAIK_STORE": f"sqlite:///{clinic.folder / 'belum.sqlite3'}"}
    assert not (clinic.folder / "belum.sqlite3").exists()


@planted("ledger_chain")
def somebody_changed_the_ledger(clinic: Clinic) -> Iterator[Changed]:
    file = clinic.folder / "diubah.sqlite3"
    file.unlink(missing_ok=True)
    store = open_store(f"sqlite:///{file}")
    for number in range(3):
        store.ledger.append(
            "PA-2026-0001", "shown", {"digest": "a" * 64}, at=datetime.now(UTC), expect=number
        )
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER ledger_no_update")
        connection.exec_driver_sql("UPDATE ledger SET body = '{}' WHERE seq = 2")
    store.close()
    yield {"LAIK_STORE": f"sqlite:///{file}"}


@planted("ledger_signed", fails=False)
def nobody_signs_the_ledger(clinic: Clinic) -> Iterator[Changed]:
    yield {"LAIK_KEYRING": None, "LAIK_SIGNING_KEY_FILE": None}


@planted("ledger_signed")
def somebody_exchanged_a_signature(clinic: Clinic) -> Iterator[Changed]:
    file = clinic.folder / "ditukar.sqlite3"
    file.unlink(missing_ok=True)
    store = open_store(f"sqlite:///{file}")
    store.ledger.append("PA-2026-0001", "shown", {"digest": "a" * 64}, at=datetime.now(UTC), expect=0)
    store.signatures.append([(SignatureRow(1, "PA-2026-0001", 1, "{}"), "a")])
    store.close()
    yield {"LAIK_STORE": f"sqlite:///{file}"}


@planted("case_sop")
def the_sop_of_a_running_case_changed(clinic: Clinic) -> Iterator[Changed]:
    sop = clinic.laik.procedures["lombok-tengah"]
    other = Catalogue.of([sop.model_copy(update={"hosting": None})])
    with pytest.raises(InvalidProcedure) as refused:
        other.pinned(sop.id, sop.version, sop_digest(sop), case="PA-2026-0001")
    with patched(machine, "stopped", lambda _url, _versions: (refused.value,)):
        yield NOTHING


@planted("git_program")
def git_is_too_old(clinic: Clinic) -> Iterator[Changed]:
    with patched(machine, "git_version", lambda: (2, 30, 2)):
        yield NOTHING


@planted("hosting_checkers", fails=False)
def nginx_is_not_installed(clinic: Clinic) -> Iterator[Changed]:
    with patched(machine.Checkers, "found", lambda: machine.Checkers(named_checkzone="/usr/sbin/x")):
        yield NOTHING


# -- the way to the forge


@planted("forge_reachable")
def the_forge_is_down(clinic: Clinic) -> Iterator[Changed]:
    yield {"LAIK_URL": "http://127.0.0.1:9"}


@planted("forge_version", fails=False, on="gitlab")
def gitlab_is_too_old(clinic: Clinic) -> Iterator[Changed]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(gitlab_users.VERSION, "version", "15.11.0")
        yield NOTHING


@planted("forge_version", fails=False, on="github")
def the_enterprise_server_is_too_old(clinic: Clinic) -> Iterator[Changed]:
    with patched(github_users, "VERSION", "3.9.1"):
        yield NOTHING


@planted("clock")
def the_clock_is_ten_minutes_ahead(clinic: Clinic) -> Iterator[Changed]:
    with patched(doctor, "_now", lambda: datetime.now(UTC) + timedelta(minutes=10)):
        yield NOTHING


@planted("clock", fails=False)
def the_clock_is_two_minutes_behind(clinic: Clinic) -> Iterator[Changed]:
    with patched(doctor, "_now", lambda: datetime.now(UTC) - timedelta(minutes=2)):
        yield NOTHING


@planted("token_valid", on="gitlab")
def the_token_is_wrong(clinic: Clinic) -> Iterator[Changed]:
    file = clinic.folder / "token-salah"
    file.touch(mode=0o600)
    file.write_text("glpat-bukan-token-siapa-pun")
    yield {"LAIK_TOKEN_FILE": str(file)}


@planted("token_valid", on="github")
def the_app_is_another_one(clinic: Clinic) -> Iterator[Changed]:
    yield {"LAIK_APP_ID": "987654"}


@planted("token_scopes", on="gitlab")
def the_token_may_only_read(clinic: Clinic) -> Iterator[Changed]:
    bot = clinic.admin.users.list(username=org.BOT)[0]
    made: Any = bot.personal_access_tokens.create({"name": "baca", "scopes": ["read_api"]})
    file = clinic.folder / "token-baca"
    file.touch(mode=0o600)
    file.write_text(made.token)
    yield {"LAIK_TOKEN_FILE": str(file)}


@planted("token_scopes", fails=False, on="gitlab")
def the_token_may_act_as_anybody(clinic: Clinic) -> Iterator[Changed]:
    before = clinic.forge.engine.store.value("SELECT scopes FROM tokens WHERE name = 'laik'")
    clinic.sql("UPDATE tokens SET scopes = 'api sudo' WHERE name = 'laik'")
    yield NOTHING
    clinic.sql("UPDATE tokens SET scopes = ? WHERE name = 'laik'", before)


@planted("token_scopes", on="github")
def the_app_lacks_a_permission(clinic: Clinic) -> Iterator[Changed]:
    before = clinic.forge.engine.store.value("SELECT permissions FROM apps")
    less = {name: level for name, level in json.loads(before).items() if name != "checks"}
    clinic.sql("UPDATE apps SET permissions = ?", json.dumps(less))
    yield NOTHING
    clinic.sql("UPDATE apps SET permissions = ?", before)


def _expires(clinic: Clinic, day: date) -> Iterator[Changed]:
    clinic.sql("UPDATE tokens SET expires_at = ? WHERE name = 'laik'", day.isoformat())
    yield NOTHING
    clinic.sql("UPDATE tokens SET expires_at = NULL WHERE name = 'laik'")


@planted("token_expiry", fails=False, on="gitlab")
def the_token_expires_next_week(clinic: Clinic) -> Iterator[Changed]:
    yield from _expires(clinic, datetime.now(UTC).date() + timedelta(days=7))


# -- policy and people


@planted("policy_loads")
def the_policy_is_no_yaml(clinic: Clinic) -> Iterator[Changed]:
    with clinic.policy("format: laik/kebijakan/1", "format: [laik/kebijakan/1"):
        yield NOTHING


@planted("policy_loads")
def the_policy_names_an_unknown_sop(clinic: Clinic) -> Iterator[Changed]:
    with clinic.policy("lombok-tengah", "lombok-selatan"):
        yield NOTHING


@planted("token_account")
def the_policy_names_another_bot(clinic: Clinic) -> Iterator[Changed]:
    with clinic.policy(f'bot: "{clinic.organisation.bot}"', "bot: laik-lain"):
        yield NOTHING


@planted("policy_roles")
def a_role_is_held_by_nobody(clinic: Clinic) -> Iterator[Changed]:
    with clinic.policy(f'kepala_diskominfo: ["{org.ICT_HEAD}"]', "kepala_diskominfo: []"):
        yield NOTHING


@planted("policy_accounts")
def a_role_holder_has_no_account(clinic: Clinic) -> Iterator[Changed]:
    with clinic.policy(f'["{org.OTHER_HEAD}"]', "[kepala-yang-salah-eja]"):
        yield NOTHING


@planted("role_membership", fails=False)
def a_role_holder_is_let_in_nowhere(clinic: Clinic) -> Iterator[Changed]:
    with clinic.policy(f'["{org.OTHER_HEAD}"]', f"[{OUTSIDER}]"):
        yield NOTHING


@planted("policy_owners")
def the_policy_names_one_owner(clinic: Clinic) -> Iterator[Changed]:
    names = ", ".join(f'"{one}"' for one in (org.ICT_HEAD, *org.REVIEWERS))
    with clinic.policy(f"pemilik_kebijakan: [{names}]", f"pemilik_kebijakan: [{org.ICT_HEAD}]"):
        yield NOTHING


@planted("policy_owners", fails=False, on="gitlab")
def an_owner_of_the_policy_cannot_merge_it(clinic: Clinic) -> Iterator[Changed]:
    control = clinic.admin.projects.get(org.CONTROL)
    member = control.members.get(clinic.admin.users.list(username=org.REVIEWERS[0])[0].id)
    member.access_level = 30
    member.save()
    yield NOTHING
    member.access_level = 40
    member.save()


@planted("policy_owners", fails=False, on="github")
def an_owner_of_the_policy_may_only_read(clinic: Clinic) -> Iterator[Changed]:
    place = f"/repos/{org.CONTROL}/collaborators/{org.REVIEWERS[0]}"
    clinic.owner_asks("PUT", place, {"permission": "pull"})
    yield NOTHING
    clinic.owner_asks("PUT", place, {"permission": "maintain"})


@planted("policy_in_force")
def another_policy_was_pushed_past_its_owners(clinic: Clinic) -> Iterator[Changed]:
    control = clinic.project(org.CONTROL).id
    before = clinic.laik.forge.read_file(control, "laik.yaml", "main")
    assert before is not None
    clinic.write_on_branch(control, before + b"# disisipkan\n")
    yield NOTHING
    clinic.write_on_branch(control, before)


@planted("group_exists")
def the_group_of_case_files_is_not_there(clinic: Clinic) -> Iterator[Changed]:
    with clinic.policy(f'berkas: "{clinic.organisation.case_files}"', "berkas: tidak-ada"):
        yield NOTHING


@planted("group_access", on="gitlab")
def laik_may_do_little_in_the_group(clinic: Clinic) -> Iterator[Changed]:
    bot = clinic.admin.users.list(username=org.BOT)[0]
    member = clinic.admin.groups.get(clinic.organisation.applications).members.get(bot.id)
    member.access_level = 30
    member.save()
    yield NOTHING
    member.access_level = 50
    member.save()


# -- the three projects


@planted("project_exists")
def the_control_project_is_elsewhere(clinic: Clinic) -> Iterator[Changed]:
    yield {"LAIK_KENDALI": "diskominfo/tidak-ada"}


@planted("project_exists")
def the_hosting_project_is_elsewhere(clinic: Clinic) -> Iterator[Changed]:
    with clinic.policy(f'hosting: "{org.HOSTING}"', "hosting: diskominfo/tidak-ada"):
        yield NOTHING


@planted("project_exists", on="gitlab")
def a_project_is_archived(clinic: Clinic) -> Iterator[Changed]:
    project = clinic.admin.projects.get(org.SECRET)
    project.archive()
    yield NOTHING
    project.unarchive()


@planted("project_access", on="gitlab")
def laik_is_a_developer_only(clinic: Clinic) -> Iterator[Changed]:
    bot = clinic.admin.users.list(username=org.BOT)[0]
    member = clinic.admin.groups.get(org.GROUP).members.get(bot.id)
    member.access_level = 30
    member.save()
    yield NOTHING
    member.access_level = 50
    member.save()


@planted("issues_enabled", on="gitlab")
def issues_are_off(clinic: Clinic) -> Iterator[Changed]:
    project = clinic.admin.projects.get(org.CONTROL)
    project.issues_enabled = False
    project.save()
    yield NOTHING
    project.issues_enabled = True
    project.save()


@planted("issues_enabled", on="github")
def issues_are_off_there(clinic: Clinic) -> Iterator[Changed]:
    clinic.owner_asks("PATCH", f"/repos/{org.CONTROL}", {"has_issues": False})
    yield NOTHING
    clinic.owner_asks("PATCH", f"/repos/{org.CONTROL}", {"has_issues": True})


@planted("merge_queue_off", on="gitlab")
def merge_trains_are_on(clinic: Clinic) -> Iterator[Changed]:
    project = clinic.admin.projects.get(org.HOSTING)
    project.merge_trains_enabled = project.merge_pipelines_enabled = True
    project.save()
    yield NOTHING
    project.merge_trains_enabled = project.merge_pipelines_enabled = False
    project.save()


@planted("merge_queue_off", on="github")
def a_ruleset_puts_a_merge_queue_before_the_branch(clinic: Clinic) -> Iterator[Changed]:
    facts = {"conditions": {"ref_name": {"include": ["~ALL"]}}, "rules": [{"type": "merge_queue"}]}
    now = clinic.forge.engine.now()
    clinic.forge.engine.store.insert(
        "github_rulesets",
        project_id=clinic.project(org.HOSTING).id,
        name="antrean",
        target="branch",
        enforcement="active",
        facts=json.dumps(facts),
        created_at=now,
        updated_at=now,
    )
    yield NOTHING
    clinic.sql("DELETE FROM github_rulesets")


# -- branch protection


@planted("branch_protected", on="gitlab")
def the_branch_is_not_protected(clinic: Clinic) -> Iterator[Changed]:
    clinic.admin.projects.get(org.HOSTING).protectedbranches.delete("main")
    yield NOTHING
    clinic.protect()


@planted("branch_protected", on="github")
def the_branch_is_not_protected_there(clinic: Clinic) -> Iterator[Changed]:
    clinic.owner_asks("DELETE", f"/repos/{org.HOSTING}/branches/main/protection")
    yield NOTHING
    clinic.protect()


@planted("branch_levels")
def every_builder_may_push_and_merge(clinic: Clinic) -> Iterator[Changed]:
    clinic.protect(push=Access.DEVELOPER, merge=Access.DEVELOPER)
    yield NOTHING
    clinic.protect()


@planted("branch_force_push", on="gitlab")
def history_may_be_replaced(clinic: Clinic) -> Iterator[Changed]:
    rule = clinic.admin.projects.get(org.HOSTING).protectedbranches.get("main")
    rule.allow_force_push = True
    rule.save()
    yield NOTHING
    clinic.protect()


def _classic(**changes: Any) -> dict[str, Any]:
    return {
        "required_status_checks": None,
        "enforce_admins": True,
        "required_pull_request_reviews": None,
        "restrictions": {"users": [], "teams": [], "apps": [org.BOT]},
        "allow_force_pushes": False,
        "allow_deletions": False,
        **changes,
    }


def _protected_as(clinic: Clinic, project: str, body: Mapping[str, Any]) -> Iterator[Changed]:
    place = f"/repos/{project}/branches/main/protection"
    clinic.owner_asks("PUT", place, body)
    yield NOTHING
    clinic.owner_asks("PUT", place, _classic())


@planted("branch_force_push", on="github")
def history_may_be_replaced_there(clinic: Clinic) -> Iterator[Changed]:
    yield from _protected_as(clinic, org.CONTROL, _classic(allow_force_pushes=True))


@planted("branch_by_name", on="github")
def somebody_may_push_by_name(clinic: Clinic) -> Iterator[Changed]:
    named = {"users": [org.REVIEWERS[0]], "teams": [], "apps": [org.BOT]}
    yield from _protected_as(clinic, org.CONTROL, _classic(restrictions=named))


@planted("branch_by_name", on="github")
def the_rules_do_not_bind_administrators(clinic: Clinic) -> Iterator[Changed]:
    yield from _protected_as(clinic, org.CONTROL, _classic(enforce_admins=False))


@planted("merge_by_laik_alone", fails=False, on="gitlab")
def a_person_is_maintainer(clinic: Clinic) -> Iterator[Changed]:
    account = clinic.laik.forge.find_user(org.REVIEWERS[0])
    assert account is not None
    hosting = clinic.project(org.HOSTING).id
    clinic.laik.forge.ensure_member(hosting, account, Access.MAINTAINER)
    yield NOTHING
    clinic.laik.forge.ensure_member(hosting, account, Access.DEVELOPER)


@planted("required_checks", fails=False, on="gitlab")
def pipelines_need_not_succeed(clinic: Clinic) -> Iterator[Changed]:
    project = clinic.admin.projects.get(org.HOSTING)
    project.only_allow_merge_if_pipeline_succeeds = False
    project.save()
    yield NOTHING
    clinic.protect()


@planted("required_checks", fails=False, on="github")
def no_check_is_required(clinic: Clinic) -> Iterator[Changed]:
    clinic.protect(checks=())
    yield NOTHING
    clinic.protect()


@planted("check_source", on="github")
def the_check_counts_from_any_source(clinic: Clinic) -> Iterator[Changed]:
    place = f"/repos/{org.HOSTING}/branches/main/protection/required_status_checks"
    clinic.owner_asks("PATCH", place, {"strict": False, "checks": [{"context": "laik/sop", "app_id": -1}]})
    yield NOTHING
    clinic.protect()


# -- webhooks and laik's door


@planted("hook_address", fails=False)
def laik_has_no_address(clinic: Clinic) -> Iterator[Changed]:
    yield {"LAIK_HOOK_URL": None}


@planted("hook_secret")
def the_hooks_have_no_secret(clinic: Clinic) -> Iterator[Changed]:
    yield {"LAIK_HOOK_SECRET_FILE": None}


@planted("hook_secret", fails=False)
def an_old_secret_is_still_good(clinic: Clinic) -> Iterator[Changed]:
    file = clinic.folder / "dua-kait"
    file.touch(mode=0o600)
    file.write_text("rahasia-baru\nrahasia-lama\n")
    yield {"LAIK_HOOK_SECRET_FILE": str(file)}


@planted("hook_present")
def a_hook_is_missing(clinic: Clinic) -> Iterator[Changed]:
    hosting = clinic.project(org.HOSTING).id
    for hook in clinic.laik.forge.list_hooks(hosting):
        clinic.laik.forge.delete_hook(hosting, hook.id)
    yield NOTHING
    clinic.organise()


@planted("hook_enabled", on="gitlab")
def the_forge_switched_a_hook_off(clinic: Clinic) -> Iterator[Changed]:
    number = clinic.project(org.HOSTING).id
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds").replace("+00:00", "Z")
    clinic.sql("UPDATE hooks SET failures = 5, disabled_until = ? WHERE project_id = ?", until, number)
    yield NOTHING
    clinic.sql("UPDATE hooks SET failures = 0, disabled_until = NULL WHERE project_id = ?", number)


@planted("hook_enabled", on="github")
def somebody_switched_a_hook_off(clinic: Clinic) -> Iterator[Changed]:
    clinic.sql("UPDATE github_hooks SET active = 0 WHERE project_id = ?", clinic.project(org.HOSTING).id)
    yield NOTHING
    clinic.sql("UPDATE github_hooks SET active = 1")


@planted("hook_events", on="gitlab")
def a_hook_tells_of_no_comments(clinic: Clinic) -> Iterator[Changed]:
    clinic.sql("UPDATE hooks SET note_events = 0 WHERE project_id = ?", clinic.project(org.CONTROL).id)
    yield NOTHING
    clinic.sql("UPDATE hooks SET note_events = 1")


@planted("hook_events", on="github")
def a_hook_tells_of_pushes_alone(clinic: Clinic) -> Iterator[Changed]:
    number = clinic.project(org.CONTROL).id
    before = clinic.forge.engine.store.value("SELECT events FROM github_hooks WHERE project_id = ?", number)
    clinic.sql("UPDATE github_hooks SET events = ? WHERE project_id = ?", '["push"]', number)
    yield NOTHING
    clinic.sql("UPDATE github_hooks SET events = ? WHERE project_id = ?", before, number)


@planted("hook_tls", on="gitlab")
def a_hook_trusts_any_certificate(clinic: Clinic) -> Iterator[Changed]:
    clinic.sql(
        "UPDATE hooks SET enable_ssl_verification = 0 WHERE project_id = ?", clinic.project(org.SECRET).id
    )
    yield NOTHING
    clinic.sql("UPDATE hooks SET enable_ssl_verification = 1")


@planted("hook_tls", on="github")
def a_hook_trusts_any_certificate_there(clinic: Clinic) -> Iterator[Changed]:
    clinic.sql("UPDATE github_hooks SET insecure_ssl = 1 WHERE project_id = ?", clinic.project(org.SECRET).id)
    yield NOTHING
    clinic.sql("UPDATE github_hooks SET insecure_ssl = 0")


@planted("hook_delivery", fails=False, on="github")
def the_last_delivery_was_refused(clinic: Clinic) -> Iterator[Changed]:
    number = clinic.project(org.SECRET).id
    clinic.sql(
        "UPDATE github_hooks SET last_code = 401, last_message = 'Unauthorized' WHERE project_id = ?", number
    )
    yield NOTHING
    clinic.sql("UPDATE github_hooks SET last_code = 200, last_message = 'OK' WHERE project_id = ?", number)


def _says(clinic: Clinic, **changes: Any) -> Iterator[Changed]:
    told = {
        "sehat": True,
        "gagal": [],
        "macet": [],
        "kejadian_terakhir": "2026-03-02T01:00:00+00:00",
        "sunyi": False,
    }

    async def health(_request: object) -> JSONResponse:
        return JSONResponse({**told, **changes})

    clinic.mount(Starlette(routes=[Route("/sehat", health)]))
    yield NOTHING
    clinic.mount(clinic.laik.web)


@planted("laik_answers")
def laik_gave_up_on_a_case(clinic: Clinic) -> Iterator[Changed]:
    yield from _says(clinic, sehat=False, macet=["PA-2026-0007"])


@planted("events_arrive", fails=False)
def no_event_has_come_for_a_day(clinic: Clinic) -> Iterator[Changed]:
    yield from _says(clinic, sunyi=True)
