"""Wiring: the only place that picks concrete parts."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from starlette.applications import Starlette

from automation.belonging import Belonging
from automation.collect import templates
from automation.collect.holidays import national_days
from automation.collect.mirror import Mirror, Mirrors
from automation.collect.ownsops import installed
from automation.core.catalogue import Catalogue
from automation.core.documents import ScanReport
from automation.core.errors import LaikError
from automation.core.policy import Known
from automation.core.procedure import Procedure
from automation.core.template import TemplateSource
from automation.forges.base import Forge, Hook
from automation.forges.github import AppAuth, GitHubForge, TokenAuth
from automation.forges.gitlab import GitLabForge
from automation.inforce import PolicyInForce
from automation.keys import EVERYTHING
from automation.locate import Locator
from automation.observe.case import Observer
from automation.observe.evidence import Scanner
from automation.observe.office import OfficeReader
from automation.organise import organise
from automation.policydesk import PolicyDesk
from automation.queue.memory import KeyedQueue
from automation.reconciler import Reconciler
from automation.scan import ScanCache
from automation.serving import Serving
from automation.settings import Settings
from automation.store.open import Store, open_store
from automation.web.app import Silence, create_app
from automation.witness import Witness, journal_of
from automation.worker import Outcome, Worker, one_line
from checks import discover

SWEEP_SECONDS = 900.0
UNSCANNED_SECONDS = 600.0  # shorter than a sweep, so that every sweep tries again
UNSCANNED_KEPT = 100
SILENT = timedelta(hours=24)  # without an event of the forge: worth a look, and no more than that
log = logging.getLogger("laik.worker")


@dataclass(frozen=True, slots=True)
class Laik:
    """One running laik: its parts, ready to use."""

    settings: Settings
    forge: Forge
    store: Store
    office: OfficeReader
    reconciler: Reconciler
    serving: Serving
    queue: KeyedQueue
    worker: Worker
    web: Starlette
    procedures: Mapping[str, Procedure]
    versions: Catalogue
    known: Known
    hook: Hook | None
    witness: Witness

    def organise(self) -> int:
        """Make the labels, board and hooks of the organisation's own projects; how many were missing.

        Raises:
            LaikError: the forge or the policy could not be read; laik works without, from sweeps alone.
        """
        return organise(self.forge, self.office.read(), self.procedures.values(), self.hook)

    def close(self) -> None:
        """Stop the worker, drain the queue, close the store."""
        self.queue.close(timeout=30)
        self.worker.stop(timeout=30)
        self.forge.close()
        self.store.close()


def build(
    settings: Settings,
    *,
    now: Callable[[], datetime] | None = None,
    procedures: Mapping[str, Procedure] | None = None,
) -> Laik:
    """All parts for one installation; nothing is started and nothing is asked of the forge yet.

    Args:
        settings: see :mod:`automation.settings`.
        now: the clock, aware; that of this machine when None.
        procedures: the SOPs by id; those that laik ships when None.
    """
    settings.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    forge, journal = connect(settings), journal_of(settings)
    store = open_store(settings.store_url, journal=journal)
    witness = Witness(settings, store, journal)
    shelf = _shelf(settings, procedures)
    office = _office(settings, forge, store, shelf.known)
    serving = Serving(settings, forge, store, office, now=_now, sign=lambda: _have_signed(witness))
    hook = Hook(settings.hook_url, settings.hook_secret) if settings.hook_url else None
    parts = _Parts(settings, forge, store, office, serving, shelf, hook, now or _now)
    reconciler = _reconciler(parts)
    # A sweep given up after an outage of some minutes would leave every lost event lost.
    queue = KeyedQueue(lasting=frozenset({EVERYTHING}))
    silence = Silence(after=SILENT if hook else None, clock=_now)
    return Laik(
        settings=settings,
        forge=forge,
        store=store,
        office=office,
        reconciler=reconciler,
        serving=serving,
        queue=queue,
        worker=Worker(queue, _work(reconciler, queue, silence, witness), threads=1),
        web=_web(parts, queue, silence),
        procedures=shelf.procedures,
        versions=shelf.versions,
        known=shelf.known,
        hook=hook,
        witness=witness,
    )


@dataclass(frozen=True, slots=True)
class _Shelf:
    """What is installed: SOPs, the newest and all versions, templates, and what a policy may name."""

    procedures: Mapping[str, Procedure]
    versions: Catalogue
    templates: Mapping[str, TemplateSource]
    known: Known


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts that others are made of."""

    settings: Settings
    forge: Forge
    store: Store
    office: OfficeReader
    serving: Serving
    shelf: _Shelf
    hook: Hook | None
    now: Callable[[], datetime]


def _shelf(settings: Settings, procedures: Mapping[str, Procedure] | None) -> _Shelf:
    versions, left_out = installed(settings.sops, procedures)
    for problem in left_out:
        log.error("%s", problem)
    bundled = templates.bundled_for(settings.forge, settings.control_path.rpartition("/")[0])
    return _Shelf(versions.newest, versions, bundled, known_names(versions.newest, bundled))


def _office(settings: Settings, forge: Forge, store: Store, known: Known) -> OfficeReader:
    mirrors = Mirrors(
        settings.state / "cermin",
        token_source=forge.git_token,
        username=forge.git_username,
        heads=forge.branch_heads,
        ca_file=settings.ca_file,
    )
    return OfficeReader(
        forge,
        mirrors,
        control_path=settings.control_path,
        known=known,
        in_force=PolicyInForce(store.ledger, settings.state, now=_now),
        belonging=Belonging(store.ledger, settings.forge, now=_now),
    )


def _reconciler(parts: _Parts) -> Reconciler:
    serving, shelf = parts.serving, parts.shelf
    observer = Observer(
        parts.forge,
        parts.office.mirrors,
        parts.store,
        parts.office,
        procedures=shelf.procedures,
        versions=shelf.versions,
        scanner=_scanner(parts.settings),
        now=parts.now,
        national=national_days,
    )
    desk = PolicyDesk(
        parts.forge, parts.store, parts.office, known=shelf.known, serve=serving.serve, now=_now
    )
    return Reconciler(
        parts.forge,
        parts.store,
        parts.office,
        observer,
        desk,
        checks=discover(),
        templates=shelf.templates,
        hook=parts.hook,
        serve=serving.serve,
        check_serving=serving.check,
        now=parts.now,
    )


def _web(parts: _Parts, queue: KeyedQueue, silence: Silence) -> Starlette:
    settings = parts.settings
    return create_app(
        secrets=(*settings.hook_secrets, *settings.hook_signing),
        forges=(settings.forge,),
        silence=silence,
        locate=Locator(parts.store.links, parts.office),
        queue=queue,
        deliveries=parts.store.deliveries,
        clock=_now,
    )


def known_names(procedures: Mapping[str, Procedure], project_templates: Mapping[str, object]) -> Known:
    """What a policy may name, by the SOPs and templates that are there."""
    return Known(
        sops=frozenset(procedures),
        roles=frozenset(role for procedure in procedures.values() for role in procedure.role_ids()),
        templates=frozenset(project_templates),
        procedures=procedures,
    )


def connect(settings: Settings) -> Forge:
    """The adapter for the forge in use; nothing is asked of it yet."""
    ca_file = str(settings.ca_file) if settings.ca_file else None
    if settings.forge == "gitlab":
        spacing = 0.0 if settings.write_spacing is None else settings.write_spacing
        return GitLabForge(settings.url, settings.token, ca_file=ca_file, write_spacing=spacing)
    app = settings.app
    auth = AppAuth(app.id, app.key, app.installation) if app else TokenAuth(settings.token)
    # GitHub asks for a second between writes; without it its secondary limit stops laik for a minute.
    spacing = 1.0 if settings.write_spacing is None else settings.write_spacing
    return GitHubForge(settings.url, auth, ca_file=ca_file, write_spacing=spacing)


def _work(
    reconciler: Reconciler, queue: KeyedQueue, silence: Silence, witness: Witness
) -> Callable[[str], Outcome]:
    def work(key: str) -> Outcome:
        silence.tell()
        result = reconciler.reconcile(key)
        _have_signed(witness)
        # What was given up on gets one more try with every sweep: a sweep names only what changed.
        for follow in (*result.follow, *(queue.stuck() if key == EVERYTHING else ())):
            queue.put(follow)
        for problem in result.failed:
            log.warning("%s: %s: %s", key, type(problem).__name__, one_line(problem.explain()))
        if result.failed:
            return Outcome.retry()
        return Outcome.look_again(SWEEP_SECONDS) if key == EVERYTHING else Outcome.done()

    return work


def _have_signed(witness: Witness) -> None:
    """A signer that does not answer holds up no case, and a case that he refuses no other.

    What waits is tried again with every run; apply judges for itself what is signed.
    """
    try:
        witness.sign()
    except LaikError as problem:
        log.warning("%s: %s", type(problem).__name__, one_line(problem.explain()))


def _scanner(settings: Settings) -> Scanner:
    """Scans through the cache, which keeps no report with unscanned files: a busy machine may be why.

    Such a report is kept here for a while all the same: a tree that is slow to fail would else be scanned
    at every event, and hold up the other cases.
    """
    cache = ScanCache(settings.state / "pindai")
    unfinished: dict[str, tuple[float, ScanReport]] = {}

    def scan(mirror: Mirror, commit: str) -> ScanReport:
        made, report = unfinished.get(commit, (0.0, None))
        if report is not None and time.monotonic() - made < UNSCANNED_SECONDS:
            return report
        report = cache.scan(mirror.folder, commit)
        unfinished.pop(commit, None)
        if report.unscanned:
            if len(unfinished) >= UNSCANNED_KEPT:
                unfinished.clear()
            unfinished[commit] = (time.monotonic(), report)
        return report

    return scan


def _now() -> datetime:
    return datetime.now(UTC)
