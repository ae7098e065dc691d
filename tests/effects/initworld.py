"""An embedded forge with accounts and no organisation yet, and what `laik init` needs to found one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import gitlab
import requests

from automation.collect.procedures import bundled
from automation.collect.templates import bundled_for
from automation.core.rights import APP_PERMISSIONS
from automation.core.setup import SetupPlan, State
from automation.core.setupanswers import Answers, read_answers
from automation.core.setupfiles import read_settings, starter
from automation.demo.githubpeople import GitHubPerson
from automation.demo.gitlabpeople import GitLabPerson
from automation.demo.people import Person
from automation.forges.base import Forge
from automation.localforge.apps import create_app
from automation.localforge.server import RunningForge, start
from automation.settings import from_environment
from automation.setup import Parts, Setup
from automation.setupfolder import SetupFolder
from automation.wiring import connect, known_names

Login = Literal["gitlab", "token", "app"]
"""How laik signs in: a token on GitLab, a token on GitHub, an App on GitHub."""
LOMBOK = "lombok-tengah"
PEOPLE = (
    "pemilik-1",
    "pemilik-2",
    "kepala-diskominfo",
    "teknis-1",
    "teknis-2",
    "kepala-dinkes",
    "tim-dinkes",
)
SCOPES = ["repo", "admin:org", "delete_repo", "project", "workflow", "site_admin"]
HOOK = "http://127.0.0.1:9/webhook"
FILLED = {
    "pemilik_kebijakan: [ISI DI SINI]": "pemilik_kebijakan: [pemilik-1, pemilik-2]",
    "pemerintah: ISI DI SINI": "pemerintah: Pemerintah Kabupaten Contoh",
    "instansi: ISI DI SINI": "instansi: Dinas Komunikasi dan Informatika",
    "kepala_diskominfo: [ISI DI SINI]": "kepala_diskominfo: [kepala-diskominfo]",
    "tim_teknis_diskominfo: [ISI DI SINI]": "tim_teknis_diskominfo: [teknis-1, teknis-2]",
    "kunci: ISI DI SINI": "kunci: dinkes",
    "nama: ISI DI SINI": "nama: Dinas Kesehatan",
    "kepala_pd: [ISI DI SINI]": "kepala_pd: [kepala-dinkes]",
    "tim_teknis_pd: [ISI DI SINI]": "tim_teknis_pd: [tim-dinkes]",
    "induk_domain: ISI DI SINI": "induk_domain: contoh.go.id",
    "  alamat: ISI DI SINI\n  # Peladen": "  alamat: 192.0.2.10\n  # Peladen",
    "hulu_alamat: ISI DI SINI": "hulu_alamat: 192.0.2.20",
}


@dataclass
class InitWorld:
    """See the module; ``folder`` holds one installation's folder after another."""

    running: RunningForge
    login: Login
    folder: Path
    tokens: dict[str, str] = field(default_factory=dict)
    app: Any = None
    office: str = "kantor"

    @property
    def kind(self) -> Literal["gitlab", "github"]:
        return "gitlab" if self.login == "gitlab" else "github"

    @property
    def groups(self) -> tuple[str, str, str]:
        """Office, case files, applications."""
        if self.login == "app":
            return (self.office, self.office, self.office)
        return (self.office, f"{self.office}-berkas", f"{self.office}-aplikasi")

    def filled(self, changes: Mapping[str, str] | None = None, sop: str = LOMBOK) -> str:
        """``awal.yaml`` as somebody filled it in."""
        text = starter(self.kind, bundled()[sop])
        address = "https://github.com" if self.kind == "github" else "ISI DI SINI"
        text = text.replace(f"alamat: {address}", f"alamat: {self.running.url}\n  jeda_tulis: 0", 1)
        if self.app is not None:
            text = text.replace("# id_app: 123456", f"id_app: {self.app.app_id}")
        blank = "ISI DI SINI" if self.kind == "github" else None
        for key, default, name in zip(
            ("kantor", "berkas", "aplikasi"), ("diskominfo", "berkas", "aplikasi"), self.groups, strict=True
        ):
            text = text.replace(f"  {key}: {blank or default}\n", f"  {key}: {name}\n", 1)
        text = text.replace('alamat: ""', f"alamat: {HOOK}/{self.kind}")
        for old, new in {**FILLED, **(changes or {})}.items():
            assert old in text or sop != LOMBOK, old
            text = text.replace(old, new, 1)
        return text.replace("[ISI DI SINI]", "[teknis-1]")

    def begin(self, name: str, changes: Mapping[str, str] | None = None, *, sop: str = LOMBOK) -> SetupFolder:
        """A folder with answers and login, ready for the second run."""
        place = SetupFolder(self.folder / name)
        place.begin(self.kind, bundled()[sop])
        place.answers_file.write_text(self.filled(changes, sop))
        secret = ("app.pem", self.app.private_key_pem) if self.app else ("token", self.tokens["laik"] + "\n")
        file = place.secrets / secret[0]
        file.write_text(secret[1])
        file.chmod(0o600)
        return place

    def answers(self, place: SetupFolder) -> Answers:
        return read_answers(place.read(), path="awal.yaml")

    def connect(self, place: SetupFolder) -> Forge:
        values = place.environment(self.answers(place))
        if not place.has_hook_secret():
            del values["LAIK_HOOK_SECRET_FILE"]
        return connect(from_environment(values))

    def setup(self, place: SetupFolder, *, few_labels: bool = False) -> tuple[Setup, Forge]:
        answers = self.answers(place)
        forge = self.connect(place)
        forge.whoami()  # an App signs in: that is counted as a write, and is none
        procedures, found = bundled(), bundled_for(self.kind, answers.grup.kantor)
        sop = procedures["lombok-tengah"]
        answered = tuple(role for role in sop.roles if role.scope != "kasus")
        few = sop.model_copy(update={"phases": sop.phases[:1], "roles": answered})
        shown = {"lombok-tengah": few} if few_labels else procedures
        parts = Parts(shown, found, known_names(procedures, found))
        return Setup(forge, answers, place, parts), forge

    def run(self, place: SetupFolder, *, few_labels: bool = False) -> SetupPlan:
        """Look and carry out; the plan as it was."""
        setup, forge = self.setup(place, few_labels=few_labels)
        try:
            plan = setup.look()
            assert not plan.blocked, [one for one in plan.items if one.state is State.BLOCKED]
            setup.carry_out(lambda _: None)
            return plan
        finally:
            forge.close()

    def look(self, place: SetupFolder) -> tuple[SetupPlan, int]:
        """The plan and how much was written while it was made."""
        setup, forge = self.setup(place)
        before = forge.writes
        try:
            return setup.look(), forge.writes - before
        finally:
            forge.close()

    def person(self, account: str) -> Person:
        kind = GitLabPerson if self.kind == "gitlab" else GitHubPerson
        return kind(account, self.running.url, self.tokens[account])

    def asks(self, verb: str, path: str, body: Any = None, *, token: str = "") -> Any:
        """One bare request; the JSON of a 2xx."""
        key = token or self.running.admin_token
        name = "PRIVATE-TOKEN" if self.kind == "gitlab" else "Authorization"
        value = key if self.kind == "gitlab" else f"Bearer {key}"
        api = "/api/v4" if self.kind == "gitlab" else "/api/v3"
        answer = requests.request(
            verb, f"{self.running.url}{api}{path}", json=body, headers={name: value}, timeout=30
        )
        assert answer.ok, (verb, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def settings(self, place: SetupFolder) -> dict[str, str]:
        return read_settings(place.settings_file.read_text())

    def new_office(self, name: str) -> None:
        """Another office on the same forge; an App is installed there."""
        self.office = name
        if self.login == "app":
            self.asks("POST", "/admin/organizations", {"login": name, "admin": "pemilik-1"})
            self.app = create_app(self.running.engine, f"laik-{name}", APP_PERMISSIONS, organisations=(name,))


@contextmanager
def init_world(folder: Path, login: Login) -> Iterator[InitWorld]:
    """A running forge with accounts, for as long as the block lasts."""
    dialect: Literal["gitlab", "github"] = "gitlab" if login == "gitlab" else "github"
    with start(folder / "forge", dialect=dialect) as running:
        world = InitWorld(running, login, folder)
        for account in (*PEOPLE, "laik", "orang-lain"):
            world.tokens[account] = _account(world, account)
        if login == "token":
            world.asks("PUT", "/users/laik/site_admin")
        world.new_office("kantor")
        yield world


def _account(world: InitWorld, account: str) -> str:
    if world.kind == "github":
        world.asks("POST", "/admin/users", {"login": account, "email": f"{account}@contoh.invalid"})
        made = world.asks("POST", f"/admin/users/{account}/authorizations", {"scopes": SCOPES})
        return str(made["token"])
    admin = gitlab.Gitlab(world.running.url, private_token=world.running.admin_token)
    if account == "laik":
        made: Any = admin.http_post("/service_accounts", post_data={"username": account, "name": account})
        user = admin.users.get(made["id"])
    else:
        data = {"username": account, "name": account, "email": f"{account}@contoh.invalid"}
        user = admin.users.create({**data, "force_random_password": True, "skip_confirmation": True})
    return str(user.personal_access_tokens.create({"name": "uji", "scopes": ["api"]}).token)
