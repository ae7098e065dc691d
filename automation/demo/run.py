"""Run the demonstration: start the embedded forge and laik, play the scenes, report in one JSON object."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import Any

from automation.collect.procedures import bundled
from automation.demo import organisation as people
from automation.demo.play import SCENES, Scene
from automation.demo.refusals import EXPECTED
from automation.demo.stage import Stage
from automation.demo.webserver import serve
from automation.forges.base import Hook
from automation.localforge.server import ADMIN, RunningForge, start
from automation.organise import organise
from automation.reconciler import EVERYTHING
from automation.settings import Settings, default_store
from automation.wiring import Laik, build

SOP = "lombok-tengah"


@dataclass(frozen=True)
class Addresses:
    """Where a person can look after the play."""

    forge: str
    laik: str
    served: Path
    admin_token_file: Path
    issue: str = ""
    case_file: str = ""
    application: str = ""
    hosting_request: str = ""

    @property
    def clone(self) -> str:
        """A command line that clones the case file; the token stays in its file, out of argv and address."""
        token = f'"password=$(cat {quote(str(self.admin_token_file))})"'
        helper = f"!f() {{ echo username={ADMIN}; echo {token}; }}; f"
        return f"git -c credential.helper={quote(helper)} clone {quote(self.case_file + '.git')}"


@dataclass
class Played:
    """What came of the play; ``report`` is the demonstration's last line."""

    report: dict[str, Any]
    addresses: Addresses

    @property
    def good(self) -> bool:
        """Whether nothing in the report is false or differs."""
        report = self.report
        return bool(
            report["steps_done"] == report["steps_total"]
            and report["refusals_seen"] == report["refusals_expected"]
            and report["hosting_merged"]
            and report["zone_checked"]
            and report["vhost_checked"]
        )


@contextmanager
def theatre(
    folder: Path, *, port: int = 0, adjust: Callable[[Settings], Settings] = lambda settings: settings
) -> Iterator[tuple[RunningForge, Laik, people.Organisation, str]]:
    """A running forge and laik with the organisation in place; all of it stops with the block.

    ``adjust`` may change the settings, for instance to read back from real servers.
    """
    secret = secrets.token_hex(24)
    with start(folder / "forge", port=port, pages=True) as forge:
        organisation = people.found(forge.url, forge.admin_token)
        with serve() as (address, mount):
            settings = Settings(
                url=forge.url,
                token=organisation.bot_token,
                control_path=people.CONTROL,
                state=folder / "laik",
                out=folder / "saji",
                store_url=default_store(folder / "laik"),
                hook_url=f"{address}/webhook/gitlab",
                hook_secrets=(secret,),
            )
            laik = build(adjust(settings))
            mount(laik.web)
            office = laik.office.read()
            organise(laik.forge, office, bundled().values(), Hook(settings.hook_url, secret))
            laik.queue.put(EVERYTHING)
            laik.worker.start()
            try:
                yield forge, laik, organisation, address
            finally:
                laik.close()


def play(
    laik: Laik,
    organisation: people.Organisation,
    addresses: Addresses,
    *,
    say: Callable[[str], None],
    begin: Callable[[Scene], None],
) -> Played:
    """Play every scene in order; the report counts what was really reached, the addresses name the case."""
    stage = Stage(organisation, laik, say)
    started, calls = time.monotonic(), laik.forge.calls
    for scene in SCENES:
        begin(scene)
        scene.play(stage)
    seconds = time.monotonic() - started
    return Played(_report(stage, seconds, laik.forge.calls - calls), _of_the_case(stage, addresses))


def _of_the_case(stage: Stage, addresses: Addresses) -> Addresses:
    forge = addresses.forge
    return replace(
        addresses,
        issue=f"{forge}/{people.CONTROL}/-/issues/{stage.issue}",
        case_file=f"{forge}/{stage.berkas}",
        application=f"{forge}/{stage.aplikasi}",
        hosting_request=f"{forge}/{people.HOSTING}/-/merge_requests/{stage.facts['hosting']}",
    )


def _report(stage: Stage, seconds: float, calls: int) -> dict[str, Any]:
    decision = stage.laik.reconciler.decision(stage.key)
    memory = stage.memory()
    served = stage.laik.serving.last_read
    return {
        "sop": SOP,
        "steps_total": len(decision.procedure.steps) if decision else 0,
        "steps_done": decision.state.done if decision else 0,
        "hosting_merged": memory.admitted is not None and _merged_by_bot(stage),
        "zone_checked": bool(served and served.zone_ok),
        "vhost_checked": bool(served and served.vhost_ok),
        "checkers": list(stage.laik.serving.last_checkers),
        "refusals_expected": len(EXPECTED),
        "refusals_seen": sum(stage.refusals.get(name, False) for name in EXPECTED),
        "forge_calls": calls,
        "seconds": round(seconds, 1),
    }


def _merged_by_bot(stage: Stage) -> bool:
    number = int(stage.facts["hosting"])
    request = stage.who(people.REVIEWERS[0]).project(people.HOSTING).mergerequests.get(number)
    return bool(request.state == "merged" and request.merged_by["username"] == people.BOT)
