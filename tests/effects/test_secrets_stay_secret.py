"""Secrets appear nowhere: a small case is worked with everything logged, and everything is searched.

Searched are log records of every library at the lowest level, what git said, arguments of every process that
was started, errors in both languages with their representations and tracebacks, every file that laik wrote
(mirrors with their configuration, database, caches, what is served), everything people can read on the forge,
and the answers of laik's own door. Each secret is looked for as it is, in base64 at every offset (a header is
base64 over a name and the secret), in hex and as it stands in an address.
"""

from __future__ import annotations

import base64
import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from automation.collect.mirror import Mirrors
from automation.core.errors import LaikError
from automation.demo import organisation as org
from automation.demo.webserver import serve
from automation.forges.github.auth import AppAuth, TokenAuth
from automation.forges.github.forge import GitHubForge
from automation.forges.records import Hook
from automation.reconciler import EVERYTHING, HOSTING, SERVING
from automation.settings import MissingSetting, from_environment
from automation.store import open_store
from automation.wiring import build
from tests.effects.world import World, running_world

HOOK_SECRET = "Rahasia-Kait-73b1d0c4"
SIGNING = "whsec_" + base64.b64encode(b"Kunci-Penanda-Tangan-5d1e9f72-!!").decode()
DATABASE = "Sandi-Basis-Data-91c2e4"
WRONG_TOKEN = "glpat-Token-Salah-44aa91"
APP_KEY = "-----BEGIN RSA PRIVATE KEY-----\nKunci-Aplikasi-Bukan-Kunci-88d2\n-----END RSA PRIVATE KEY-----\n"


@dataclass
class Heard:
    """Everything that was said while the module's tests ran."""

    records: list[str] = field(default_factory=list)
    processes: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    listening: bool = True

    def note(self, problem: BaseException) -> None:
        """An error in every form somebody may print it in."""
        told = [str(problem), repr(problem), repr(problem.__dict__), *traceback.format_exception(problem)]
        if isinstance(problem, LaikError):
            told += [problem.explain("id"), problem.explain("en")]
        self.errors += told


HEARD = Heard()


def _overhear(event: str, arguments: tuple[Any, ...]) -> None:
    """Arguments of every process; an audit hook cannot be taken out again, so it can be told to be quiet."""
    if HEARD.listening and event == "subprocess.Popen":
        HEARD.processes.append(f"{arguments[0]} {arguments[1]}")


class Recorder(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        HEARD.records.append(f"{self.format(record)} {record.__dict__!r}")


def forms_of(secret: str) -> set[str]:
    """The secret as it may stand somewhere."""
    raw = secret.encode()
    coded = {base64.b64encode(b"x" * offset + raw)[-(-offset * 4 // 3) : -4].decode() for offset in range(3)}
    return {secret, raw.hex(), quote(secret, safe=""), *(one.rstrip("=")[2:] for one in coded)}


@dataclass
class Scene:
    """A world whose laik has a door, and what was overheard of it."""

    world: World
    door: str
    secrets: dict[str, str]

    def holds_no_secret(self, text: str, where: str) -> None:
        for name, secret in self.secrets.items():
            for form in forms_of(secret):
                at = text.find(form)
                assert at < 0, f"{name} in {where}: {text[max(at - 200, 0) : at]!r}"


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    sys.addaudithook(_overhear)
    recorder, root = Recorder(), logging.getLogger()
    level = root.level
    names = (
        "urllib3",
        "requests",
        "gitlab",
        "github",
        "laik",
        "uvicorn",
        "sqlalchemy.engine",
        "cachecontrol",
    )
    before = {name: logging.getLogger(name).level for name in names}
    root.addHandler(recorder)
    root.setLevel(logging.DEBUG)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    folder = tmp_path_factory.mktemp("rahasia")
    with serve() as (address, mount):
        door = f"{address}/webhook/gitlab"
        with running_world(folder, hook_url=door, hook_secrets=(HOOK_SECRET,)) as world:
            mount(world.laik.web)
            secrets = {"token": world.organisation.bot_token, "hook secret": HOOK_SECRET}
            work_a_case(world)
            yield Scene(world, address, secrets)
    HEARD.listening = False
    root.removeHandler(recorder)
    root.setLevel(level)
    for name, old in before.items():
        logging.getLogger(name).setLevel(old)


def work_a_case(world: World) -> None:
    """A case from its request to a served name, by way of its hooks, with a refusal or two."""
    world.laik.organise()
    key, number = world.approved("sembunyi")
    world.say(org.HEAD, key, "@laik apa saja")
    world.settle(key)
    for one in (HOSTING, SERVING, EVERYTHING):
        world.settle(one)
    world.settle(world.file_text("Permohonan tak lengkap", "### Perangkat daerah\n\ntidak ada\n"))
    assert number


def test_the_search_finds_a_secret_in_every_form_it_looks_for() -> None:
    secret = "glpat-Contoh-123456"
    forms = forms_of(secret)
    for said in (
        f"PRIVATE-TOKEN: {secret}",
        base64.b64encode(f"oauth2:{secret}".encode()).decode(),
        base64.b64encode(f"x-access-token:{secret}".encode()).decode(),
        base64.b64encode(f":{secret}".encode()).decode(),
        base64.b64encode(secret.encode()).decode(),
        secret.encode().hex(),
    ):
        assert any(form in said for form in forms), said


def test_no_log_record_of_any_library_holds_a_secret(scene: Scene) -> None:
    assert any("urllib3" in one for one in HEARD.records)  # there was something to search
    scene.holds_no_secret("\n".join(HEARD.records), "the log")


def test_no_process_was_given_a_secret_as_an_argument(scene: Scene) -> None:
    assert any("git" in one and "fetch" in one for one in HEARD.processes)
    scene.holds_no_secret("\n".join(HEARD.processes), "arguments")
    assert scene.world.laik.settings.store_url not in "\n".join(HEARD.processes)


def test_no_file_that_laik_wrote_holds_a_secret(scene: Scene) -> None:
    files = [one for one in (scene.world.folder / "laik").rglob("*") if one.is_file()]
    files += [one for one in (scene.world.folder / "saji").rglob("*") if one.is_file()]
    assert any(one.name == "config" for one in files)
    assert any(one.suffix == ".sqlite3" for one in files)
    for one in files:
        scene.holds_no_secret(one.read_bytes().decode("latin-1"), str(one))


def test_git_shows_no_secret_in_the_configuration_of_a_mirror(scene: Scene) -> None:
    mirrors = {one.parent for one in (scene.world.folder / "laik").rglob("HEAD") if one.is_file()}
    assert mirrors
    for one in mirrors:
        done = subprocess.run(
            ["git", f"--git-dir={one}", "config", "--list", "--show-origin"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        scene.holds_no_secret(done.stdout + done.stderr, str(one))


def test_nothing_people_read_on_the_forge_holds_a_secret(scene: Scene) -> None:
    admin, told = scene.world.admin, []
    for project in admin.projects.list(get_all=True):
        told += [project.description or "", project.name]
        for listed in (project.issues, project.mergerequests):
            for one in listed.list(get_all=True):
                told += [one.title, one.description or "", *(n.body for n in one.notes.list(get_all=True))]
        for commit in project.commits.list(get_all=True) if project.default_branch else []:
            told += [commit.message, *(str(one.attributes) for one in commit.statuses.list(get_all=True))]
        told += [str(one.attributes) for one in project.hooks.list(get_all=True)]
    assert any("laik:kartu" in one for one in told)
    scene.holds_no_secret("\n".join(told), "the forge")


def test_laiks_own_door_tells_no_secret(scene: Scene) -> None:
    answers = [
        requests.get(f"{scene.door}/sehat", timeout=10),
        requests.post(
            f"{scene.door}/webhook/gitlab", data=b"{", headers={"X-Gitlab-Token": HOOK_SECRET}, timeout=10
        ),
        requests.post(f"{scene.door}/webhook/gitlab", data=b"{", timeout=10),
    ]
    assert [one.status_code for one in answers] == [200, 400, 401]
    scene.holds_no_secret("".join(one.text + str(one.headers) for one in answers), "the door")


def test_representations_hold_no_secret(scene: Scene) -> None:
    laik = scene.world.laik
    parts = [laik, laik.settings, laik.forge, laik.store, laik.office, laik.web, laik.serving, laik.hook]
    for part in parts:
        scene.holds_no_secret(f"{part!r} {part!s}", type(part).__name__)
    scene.holds_no_secret(repr(Hook("http://x", HOOK_SECRET)), "a hook")


def test_a_token_that_is_refused_appears_in_no_error(scene: Scene, tmp_path: Path) -> None:
    settings = replace(
        scene.world.laik.settings, token=WRONG_TOKEN, state=tmp_path, store_url=f"sqlite:///{tmp_path}/x"
    )
    laik = build(settings)
    try:
        for act in (laik.forge.whoami, laik.organise, lambda: laik.reconciler.reconcile(EVERYTHING)):
            failing(act)
    finally:
        laik.close()
    said_nothing(scene, {"a wrong token": WRONG_TOKEN})


def test_a_mirror_that_cannot_be_fetched_tells_no_token(scene: Scene, tmp_path: Path) -> None:
    """The forge answers calls, and git is refused: its complaint goes into the error."""
    world = scene.world
    project = world.laik.forge.find_project(org.CONTROL)
    assert project is not None
    for address in (f"{world.forge.url}/tidak/ada.git", "http://127.0.0.1:9/tidak/ada.git"):
        mirrors = Mirrors(
            tmp_path / quote(address, safe=""), token_source=lambda: world.organisation.bot_token
        )
        failing(lambda at=address, made=mirrors: made.fetch(project.id, at))
    said_nothing(scene, {})


def test_a_database_that_cannot_be_opened_tells_no_password(scene: Scene) -> None:
    for address in (
        f"postgresql://laik:{DATABASE}@127.0.0.1:9/laik",
        f"postgresql+psycopg://laik:{DATABASE}@127.0.0.1:9/laik",
        f"mysql://laik:{DATABASE}@127.0.0.1:9/laik",
        f"bukan alamat {DATABASE}",
    ):
        failing(lambda at=address: open_store(at))
    said_nothing(scene, {"a database password": DATABASE})


def test_a_key_of_an_app_that_is_none_is_not_repeated(scene: Scene) -> None:
    for auth in (AppAuth(7, APP_KEY), AppAuth(7, APP_KEY, 9), TokenAuth(WRONG_TOKEN)):
        assert "Kunci-Aplikasi" not in repr(auth)
        assert WRONG_TOKEN not in repr(auth)
        failing(lambda given=auth: GitHubForge("http://127.0.0.1:9", given, write_spacing=0).whoami())
    said_nothing(scene, {"an app's key": "Kunci-Aplikasi-Bukan-Kunci-88d2", "a wrong token": WRONG_TOKEN})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("LAIK_TOKEN_FILE", f"{WRONG_TOKEN} dua kata"),
        ("LAIK_HOOK_SECRET_FILE", f"{HOOK_SECRET}\x07"),
        ("LAIK_HOOK_SIGNING_FILE", SIGNING[:20]),
        ("LAIK_HOOK_SIGNING_FILE", f"{SIGNING}!"),
    ],
)
def test_a_setting_that_is_refused_is_not_repeated(
    scene: Scene, tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / "benar").write_text("token-benar", encoding="utf-8")
    (tmp_path / "salah").write_text(content, encoding="utf-8")
    values = {
        "LAIK_URL": "https://git.contoh.go.id",
        "LAIK_KENDALI": "diskominfo/kendali",
        "LAIK_STATE": str(tmp_path),
        "LAIK_TOKEN_FILE": str(tmp_path / "benar"),
        name: str(tmp_path / "salah"),
    }
    with pytest.raises(MissingSetting) as refusal:
        from_environment(values)
    HEARD.note(refusal.value)
    said_nothing(scene, {"wrong": content.split(maxsplit=1)[0].strip("\x07"), "signing": SIGNING[6:20]})


def test_the_environment_of_this_process_was_given_no_secret(scene: Scene) -> None:
    scene.holds_no_secret(str(dict(os.environ)), "the environment")


def failing(act: Callable[[], object], kind: type[Exception] = LaikError) -> None:
    """Do what must fail, and keep how it did."""
    try:
        act()
    except kind as problem:
        HEARD.note(problem)
    else:
        raise AssertionError("it did not fail")


def said_nothing(scene: Scene, more: dict[str, str]) -> None:
    """Neither errors nor log hold a secret, the ones of this very test included."""
    wider = Scene(scene.world, scene.door, {**scene.secrets, **more})
    wider.holds_no_secret("\n".join([*HEARD.errors, *HEARD.records, *HEARD.processes]), "errors or log")
