"""Run the demonstration: start the embedded forge and laik, play the scenes, report in one JSON object."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shlex import quote
from typing import Any

from automation.demo import githubfounding, gitlabfounding
from automation.demo import organisation as people
from automation.demo.cast import Cast
from automation.demo.plays import PLAYS
from automation.demo.scene import Play, Scene
from automation.demo.stage import Stage
from automation.demo.webserver import serve
from automation.localforge.server import ADMIN, RunningForge, start
from automation.reconciler import EVERYTHING
from automation.settings import ForgeKind, Settings, default_store
from automation.signing.keyfiles import RING, SIGNING, make_keys
from automation.wiring import Laik, build


@dataclass(frozen=True)
class Addresses:
    """Where a person can look after the play; ``account`` and its ``token_file`` may clone everything."""

    forge: str
    laik: str
    served: Path
    token_file: Path
    account: str = ADMIN
    api: str = "/api/v4"
    issue: str = ""
    case_file: str = ""
    application: str = ""
    hosting_request: str = ""

    @property
    def clone(self) -> str:
        """A command line that clones the case file; the token stays in its file, out of argv and address."""
        token = f'"password=$(cat {quote(str(self.token_file))})"'
        helper = f"!f() {{ echo username={self.account}; echo {token}; }}; f"
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
            and all(value for value in report.values() if isinstance(value, bool))
        )


@contextmanager
def theatre(
    folder: Path,
    *,
    dialect: ForgeKind = "gitlab",
    port: int = 0,
    cast: Cast = people.LOMBOK_TENGAH,
    adjust: Callable[[Settings], Settings] = lambda settings: settings,
) -> Iterator[tuple[RunningForge, Laik, people.Organisation, str]]:
    """A running forge and laik with the organisation in place; all of it stops with the block.

    Args:
        folder: everything is kept in it.
        dialect: what the forge speaks.
        port: of the forge; 0 takes any free one.
        cast: who takes part.
        adjust: may change the settings, for instance to read back from real servers.
    """
    with start(folder / "forge", port=port, pages=True, dialect=dialect) as forge:
        organisation = founded(forge, dialect, cast)
        with serve() as (address, mount):
            laik = build(adjust(_settings(folder, forge.url, organisation, address)))
            mount(laik.web)
            laik.organise()
            laik.queue.put(EVERYTHING)
            laik.worker.start()
            try:
                yield forge, laik, organisation, address
            finally:
                laik.close()


def where_to_look(
    forge: RunningForge, laik: Laik, organisation: people.Organisation, address: str
) -> Addresses:
    """The addresses before anything was played.

    On GitHub an administrator of the server is let into no repository, so it is the organisation's owner who
    clones; the token is kept beside the administrator's, for the folder's owner alone.
    """
    served = laik.settings.out / "current"
    if organisation.forge == "gitlab":
        return Addresses(forge.url, address, served, forge.token_file)
    token_file = forge.token_file.with_name("owner-token")
    with os.fdopen(os.open(token_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(organisation[people.OWNER].token)
    return Addresses(forge.url, address, served, token_file, account=people.OWNER, api="/api/v3")


def founded(
    forge: RunningForge, dialect: ForgeKind, cast: Cast = people.LOMBOK_TENGAH
) -> people.Organisation:
    """The organisation, made from nothing."""
    if dialect == "github":
        return githubfounding.found(forge, cast)
    return gitlabfounding.found(forge.url, forge.admin_token, cast)


def _settings(folder: Path, url: str, organisation: people.Organisation, address: str) -> Settings:
    """Those of an office that signs: what is served is what signed entries admit."""
    keys = folder / "kunci"
    if not keys.exists():
        make_keys(keys)
    return Settings(
        url=url,
        token=organisation.bot_token,
        control_path=people.CONTROL,
        state=folder / "laik",
        out=folder / "saji",
        store_url=default_store(folder / "laik"),
        hook_url=f"{address}/webhook/{organisation.forge}",
        hook_secrets=(secrets.token_hex(24),),
        forge=organisation.forge,
        app=organisation.app,
        write_spacing=0.0,  # the embedded forge sets no limits
        signing_key=keys / SIGNING,
        keyring=keys / RING,
    )


def play(
    laik: Laik,
    organisation: people.Organisation,
    addresses: Addresses,
    *,
    say: Callable[[str], None],
    begin: Callable[[Scene], None],
    chosen: Play | None = None,
) -> Played:
    """Play every scene in order; the report counts what was really reached, the addresses name the case.

    ``chosen`` is a play of the organisation's own SOP; without it the one that laik carries for it.
    """
    chosen, stage = chosen or PLAYS[organisation.cast.sop], Stage(organisation, laik, say)
    started, calls = time.monotonic(), laik.forge.calls
    for scene in chosen.scenes:
        begin(scene)
        scene.play(stage)
    seconds = time.monotonic() - started
    report = _report(stage, chosen, seconds, laik.forge.calls - calls)
    return Played(report, _of_the_case(stage, addresses))


def together(plays: Sequence[Played], *, seconds: float) -> dict[str, Any]:
    """What several plays came to: the last line of ``laik demo --sop all``."""
    counted = ("steps_done", "steps_total", "refusals_expected", "refusals_seen")
    sums = {name: sum(one.report[name] for one in plays) for name in counted}
    return {"sops": len(plays), **sums, "seconds": round(seconds, 1)}


def _of_the_case(stage: Stage, addresses: Addresses) -> Addresses:
    forge, page = addresses.forge, stage.organisation.page
    hosting = stage.facts.get("hosting", "")
    return replace(
        addresses,
        issue=page(people.CONTROL, "issue", stage.issue),
        case_file=f"{forge}/{stage.berkas}",
        application=f"{forge}/{stage.aplikasi}" if "aplikasi" in stage.memory().provisioned else "",
        hosting_request=page(people.HOSTING, "merge_request", int(hosting)) if hosting else "",
    )


def _report(stage: Stage, chosen: Play, seconds: float, calls: int) -> dict[str, Any]:
    """What the play came to; a step counts as done when the ledger says that it was really closed."""
    steps, closed = chosen.cast.procedure.steps, stage.memory().closed
    return {
        "sop": chosen.cast.sop,
        "dialect": stage.organisation.forge,
        "steps_total": len(steps),
        "steps_done": sum(step.key in closed for step in steps),
        **(_served(stage) if chosen.hosting else {"finished": _at_its_end(stage)}),
        "refusals_expected": len(chosen.expected),
        "refusals_seen": sum(stage.refusals.get(name, False) for name in chosen.expected),
        "forge_calls": calls,
        "seconds": round(seconds, 1),
    }


def _at_its_end(stage: Stage) -> bool:
    decision = stage.laik.reconciler.decision(stage.key)
    return decision is not None and decision.state.open is None and stage.memory().finished


def _served(stage: Stage) -> dict[str, Any]:
    served = stage.laik.serving.last_read
    return {
        "hosting_merged": stage.memory().admitted is not None and _merged_by_bot(stage),
        "zone_checked": bool(served and served.zone_ok),
        "vhost_checked": bool(served and served.vhost_ok),
        "checkers": list(stage.laik.serving.last_checkers),
    }


def _merged_by_bot(stage: Stage) -> bool:
    merged = stage.who(stage.organisation.cast.reviewers[0]).merged(people.HOSTING)
    return merged.get(int(stage.facts["hosting"])) == stage.bot
