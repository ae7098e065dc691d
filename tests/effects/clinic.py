"""A healthy office on a running forge of either dialect, and ``laik doctor`` as people run it.

laik's door is open and its worker stands still: a planted fault must not make laik itself stumble, for that
would be a second finding.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import gitlab
import pytest
from starlette.applications import Starlette

from automation import cli
from automation.collect.holidays import national_days
from automation.core.health import State
from automation.core.health_calendar import judge_calendar
from automation.core.policyadmission import operator_entry
from automation.demo import organisation as org
from automation.demo.githubpeople import GitHubPerson, connect
from automation.demo.run import founded
from automation.demo.webserver import serve
from automation.examine.door import ask_door
from automation.forges.base import Access, FileWrite, Project, Protection
from automation.inforce import change_to
from automation.localforge.server import RunningForge, start
from automation.settings import ForgeKind, Settings, default_store
from automation.signing.keyfiles import RING, SIGNING, make_keys
from automation.wiring import Laik, build

SECRET = "rahasia-kait-uji"
OUTSIDER = "orang-luar"


@dataclass
class Found:
    """What one run said: ``checks`` rows of the JSON, ``code`` the exit code."""

    code: int
    report: Mapping[str, Any]

    def ids(self, *states: str) -> set[str]:
        return {one["id"] for one in self.report["checks"] if one["state"] in states}

    @property
    def bad(self) -> set[str]:
        return self.ids("warn", "fail")

    def of(self, name: str) -> list[dict[str, Any]]:
        return [one for one in self.report["checks"] if one["id"] == name]


@dataclass
class Clinic:
    """See the module."""

    dialect: ForgeKind
    forge: RunningForge
    laik: Laik
    organisation: org.Organisation
    folder: Path
    mount: Callable[[Starlette], None]
    environment: dict[str, str] = field(default_factory=dict)

    def project(self, path: str) -> Project:
        found = self.laik.forge.find_project(path)
        assert found is not None
        return found

    def sql(self, statement: str, *values: Any) -> None:
        self.forge.engine.store.run(statement, *values)

    @property
    def admin(self) -> gitlab.Gitlab:
        return gitlab.Gitlab(self.forge.url, private_token=self.forge.admin_token, timeout=60)

    def owner_asks(self, verb: str, path: str, body: Any = None) -> Any:
        """One bare request as the organisation's owner (GitHub)."""
        client: Any = self.organisation[org.OWNER]
        return client.client.requester.requestJsonAndCheck(verb, path, input=body)[1]

    @contextmanager
    def policy(self, old: str, new: str) -> Iterator[None]:
        """The policy with one text replaced."""
        control = self.project(org.CONTROL).id
        before = self.laik.forge.read_file(control, "laik.yaml", "main")
        assert before is not None
        assert old.encode() in before
        self._write_policy(control, before.replace(old.encode(), new.encode()))
        yield
        self._write_policy(control, before)

    def _write_policy(self, control: int, text: bytes) -> None:
        """On the branch and in force as its owners would have it, so that only what is planted is wrong."""
        self.write_on_branch(control, text)
        in_force = self.laik.office.in_force
        standing = in_force.standing()
        assert standing is not None
        owners = tuple(sorted(standing.owners))
        agreed = [{"account": one, "act": f"merge_request/{one}/0", "body": ""} for one in owners]
        entry = {**operator_entry(change_to(text, owners), standing), "way": "owners", "agreed": agreed}
        in_force.admit(text, entry, over=standing)

    def write_on_branch(self, control: int, text: bytes) -> None:
        """The policy file, past every merge request."""
        self.laik.forge.commit_files(control, "main", "Uji kebijakan", [FileWrite("laik.yaml", text)])

    def protect(self, **changes: Any) -> None:
        """The hosting branch's protection as it should be, or with changes."""
        wanted = {"push": Access.MAINTAINER, "merge": Access.MAINTAINER, "checks": ("laik/sop",), **changes}
        self.laik.forge.ensure_protection(self.project(org.HOSTING).id, Protection("main", **wanted))

    def organise(self) -> None:
        self.laik.organise()

    def doctor(self, *options: str, environment: Mapping[str, str | None] | None = None) -> Found:
        """One run of the command with a healthy laik's settings, some of them changed or taken out."""
        values = {**self.environment, **(environment or {})}
        self.laik.witness.sign()  # as the worker of a running laik does after each run
        with pytest.MonkeyPatch.context() as patch:
            for name, value in values.items():
                patch.delenv(name, raising=False) if value is None else patch.setenv(name, value)
            printed: list[str] = []
            patch.setattr("click.echo", lambda text="", **_: printed.append(str(text)))
            code = cli.run(["doctor", "--json", *options])
        return Found(code, json.loads(printed[-1]))


@contextmanager
def clinic(folder: Path, dialect: ForgeKind) -> Iterator[Clinic]:
    """One forge of that dialect with a healthy office, for as long as the block lasts."""
    with start(folder / "forge", dialect=dialect) as forge, serve() as (address, mount):
        organisation = founded(forge, dialect)
        settings = Settings(
            url=forge.url,
            token=organisation.bot_token,
            control_path=org.CONTROL,
            state=folder / "laik",
            out=folder / "saji",
            store_url=default_store(folder / "laik"),
            hook_url=f"{address}/webhook/{dialect}",
            hook_secrets=(SECRET,),
            forge=dialect,
            app=organisation.app,
            write_spacing=0.0,
            signing_key=folder / "kunci-tanda" / SIGNING,
            keyring=folder / "kunci-tanda" / RING,
        )
        make_keys(folder / "kunci-tanda")
        laik = build(settings)
        mount(laik.web)
        made = Clinic(dialect, forge, laik, organisation, folder, mount)
        _settle(made, settings)
        try:
            yield made
        finally:
            laik.close()


def _settle(made: Clinic, settings: Settings) -> None:
    """Everything as the guide to setting up asks for it."""
    made.organise()
    made.protect()
    _second_owner(made)
    _outsider(made)
    if made.dialect == "github":
        for person in made.organisation.people.values():
            cast(GitHubPerson, person).arrives(org.CONTROL)
    if made.dialect == "gitlab":
        for path in (made.organisation.case_files, made.organisation.applications):
            group = made.laik.forge.find_group(path)
            assert group is not None
            made.laik.forge.create_project(group, "contoh", name="Contoh", description="")
    settings.out.mkdir()
    settings.out.chmod(0o555)
    made.environment = _environment(made, settings)
    made.laik.witness.sign()
    # An event, so that laik's door has heard one.
    made.laik.forge.create_issue(made.project(org.CONTROL).id, "Catatan", "bukan permohonan")
    for _ in range(200):
        if ask_door(settings.hook_url.replace(f"/webhook/{made.dialect}", "/sehat")).last_event:
            return
        made.laik.queue.state()
    raise AssertionError("no event reached laik")


def _outsider(made: Clinic) -> None:
    """An account that was let in nowhere."""
    if made.dialect == "gitlab":
        data = {"username": OUTSIDER, "name": OUTSIDER, "email": f"{OUTSIDER}@contoh.invalid"}
        made.admin.users.create({**data, "force_random_password": True, "skip_confirmation": True})
    else:
        client = connect(made.forge.url, made.forge.admin_token)
        body = {"login": OUTSIDER, "email": f"{OUTSIDER}@contoh.invalid"}
        client.requester.requestJsonAndCheck("POST", "/admin/users", input=body)


def _second_owner(made: Clinic) -> None:
    if made.dialect == "gitlab":
        boss = made.admin.users.list(username=org.ICT_HEAD)[0]
        members = made.admin.groups.get(org.GROUP).members
        members.create({"user_id": boss.id, "access_level": 50})
        members.delete(made.admin.users.list(username="root")[0].id)  # who made the group, and is nobody here
    else:
        made.owner_asks("PUT", f"/orgs/{org.GROUP}/memberships/{org.ICT_HEAD}", {"role": "admin"})


def _environment(made: Clinic, settings: Settings) -> dict[str, str]:
    def secret(name: str, text: str) -> str:
        path = made.folder / name
        path.touch(mode=0o600)
        path.write_text(text)
        return str(path)

    values = {
        "LAIK_FORGE": made.dialect,
        "LAIK_URL": settings.url,
        "LAIK_KENDALI": settings.control_path,
        "LAIK_STATE": str(settings.state),
        "LAIK_OUT": str(settings.out),
        "LAIK_HOOK_URL": settings.hook_url,
        "LAIK_HOOK_SECRET_FILE": secret("kait", SECRET),
        "LAIK_APPLY": "/bin/true",
        "LAIK_WRITE_SPACING": "0",
        "LAIK_KEYRING": str(settings.keyring),
        "LAIK_SIGNING_KEY_FILE": str(settings.signing_key),
    }
    if settings.app:
        values |= {
            "LAIK_APP_ID": str(settings.app.id),
            "LAIK_APP_KEY_FILE": secret("kunci", settings.app.key),
        }
    else:
        values["LAIK_TOKEN_FILE"] = secret("token", settings.token)
    return values


def calendar_of_today() -> dict[str, State]:
    """What the doctor says of the calendar today: a package of holidays grows old while tests stay."""
    today = datetime.now(UTC).date()
    found = judge_calendar(national_days(today.year), frozenset(), today, "")
    return {one.id: one.state for one in found if one.state != "ok"}
