"""What `laik init` sets up is what `laik doctor` asks for: on both forges, with the guide's least rights."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.applications import Starlette

from automation import cli
from automation.core.rights import CLASSIC_SCOPES, LIVE_SCOPE
from automation.demo.webserver import serve
from automation.examine.door import ask_door, health_address
from automation.forges.base import FileWrite
from automation.settings import from_environment
from automation.setupfolder import SetupFolder
from automation.wiring import Laik, build
from tests.effects import initworld
from tests.effects.clinic import calendar_of_today
from tests.effects.initworld import InitWorld, Login, init_world

OFFICE = "sepakat"
EXPLAINED: dict[str, str] = {
    **calendar_of_today(),
    "out_folder": "warn",  # no apply account of its own
    "ledger_signed": "warn",  # no keys yet
}
"""What is told after everything was done that the guide asks for."""
NOT_RUNNING_YET = {
    "database": "warn",  # laik serve makes it
    "ledger_chain": "unknown",
    "case_sop": "unknown",
    "laik_answers": "unknown",
    "events_arrive": "unknown",
}
LOGINS: tuple[Login, ...] = ("gitlab", "token", "app")


@dataclass
class Installed:
    """A folder that `laik init` has just finished with, and where laik will be mounted."""

    world: InitWorld
    place: SetupFolder
    mount: Callable[[Starlette], None]

    @property
    def explained(self) -> dict[str, str]:
        """A token cannot bind a required check to itself, and an empty group does not show laik's access."""
        more = {"token": {"check_source": "warn"}}.get(self.world.login, {})
        empty = {"group_access": "unknown"} if self.world.login != "app" else {}
        return {**EXPLAINED, **more, **empty}

    def doctor(self, *options: str) -> tuple[int, list[dict[str, Any]]]:
        """The exit code and the rows that `laik doctor DIR --json` prints."""
        printed: list[str] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("click.echo", lambda text="", **_: printed.append(str(text)))
            code = cli.run(["doctor", str(self.place.path), "--json", *options])
        return code, json.loads(printed[-1])["checks"]


@pytest.fixture(scope="module", params=LOGINS)
def installed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("sepakat")
    with init_world(folder, request.param) as world, serve() as (address, mount):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(initworld, "HOOK", f"{address}/webhook")
            world.new_office(OFFICE)
            _least_rights(world)
            place = world.begin(OFFICE)
        assert cli.run(["init", str(place.path), "--yes"]) == 0
        yield Installed(world, place, mount)


def _least_rights(world: InitWorld) -> None:
    """laik signs in with what the guide says it needs, and what its live scene needs, and no more."""
    if world.login != "token":
        return  # scope api, and the App's permissions, are the world's own
    for name in world.groups:
        world.asks("POST", "/admin/organizations", {"login": name, "admin": "laik"})
    scopes = [*CLASSIC_SCOPES, LIVE_SCOPE]
    made = world.asks("POST", "/admin/users/laik/authorizations", {"scopes": scopes})
    world.tokens["laik"] = str(made["token"])


def told(rows: list[dict[str, Any]]) -> list[str]:
    return [
        f"{one['state']} {one['id']} {one['where']}: {one['message']['en']}"
        for one in rows
        if one["state"] != "ok"
    ]


def bad(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {one["id"]: one["state"] for one in rows if one["state"] != "ok"}


def test_after_init_the_doctor_finds_nothing_wrong_and_says_only_what_is_known(installed: Installed) -> None:
    code, rows = installed.doctor()
    pinged = {"hook_delivery": "warn"} if installed.world.kind == "github" else {}  # and laik was not there
    assert bad(rows) == {**installed.explained, **NOT_RUNNING_YET, **pinged}, told(rows)
    assert code == 0


def test_then_laik_serves_and_the_live_scene_is_well_and_leaves_nothing(installed: Installed) -> None:
    world, control = installed.world, f"{OFFICE}/kendali"
    if world.kind == "github":
        for account in initworld.PEOPLE:
            world.person(account).arrives(control)
    assert cli.run(["init", str(installed.place.path), "--yes"]) == 0  # owners are named once they came
    laik = build(from_environment(installed.place.settings()))
    try:
        installed.mount(laik.web)
        assert laik.organise() == 0
        _something_happens(laik)
        code, rows = installed.doctor("--live")
    finally:
        laik.close()
    lived = [one for one in rows if one["id"].startswith("live_")]
    assert {one["state"] for one in lived} == {"ok"}, told(rows)
    assert len(lived) == 16
    assert bad(rows) == installed.explained, told(rows)
    assert code == 0
    assert _projects(installed) == ([] if world.login != "app" else ["hosting", "kendali", "rahasia"])


def _something_happens(laik: Laik) -> None:
    """In each project, so that each webhook has delivered since laik is there."""
    for name in ("kendali", "hosting", "rahasia"):
        project = laik.forge.find_project(f"{OFFICE}/{name}")
        assert project is not None
        laik.forge.commit_files(project.id, "uji", "Uji", [FileWrite("uji.txt", b"uji\n")])
        for _ in range(200):
            heard = ask_door(health_address(laik.settings.hook_url)).last_event
            if heard and not any(one.why for one in laik.forge.list_hooks(project.id)):
                break
        else:
            raise AssertionError(f"no event of {name} reached laik")


def _projects(installed: Installed) -> list[str]:
    forge = installed.world.connect(installed.place)
    try:
        group = forge.find_group(installed.world.groups[1])
        assert group is not None
        return sorted(one.path.rpartition("/")[2] for one in forge.list_group_projects(group))
    finally:
        forge.close()
