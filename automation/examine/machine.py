"""Facts of this machine. Looked at only: no folder is made, no database migrated."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from sqlalchemy import Engine, func, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from automation.core.attest import BadSignature
from automation.core.catalogue import Catalogue
from automation.core.errors import InvalidProcedure, LaikError, Where
from automation.core.health import Unread
from automation.core.health_machine import DatabaseFacts, MachineFacts, PlaceFacts, SignatureFacts
from automation.core.memory import Memory, remember
from automation.core.policyadmission import StandingPolicy, standing_policy
from automation.core.text import Bilingual
from automation.core.verified import verify_ledger
from automation.examine.asking import ask
from automation.keys import POLICY
from automation.settings import Settings
from automation.signing.ed25519 import check
from automation.signing.keyfiles import KeyFileUnusable, load_ring
from automation.store.engine import StoreUnusable, make_engine, reading
from automation.store.ledger import Ledger
from automation.store.schema import MIGRATIONS, schema_version
from automation.store.signatures import Signatures
from automation.targets.checkers import Checkers, find_program

SECRET_FILES = (
    "LAIK_TOKEN_FILE",
    "LAIK_APP_KEY_FILE",
    "LAIK_HOOK_SECRET_FILE",
    "LAIK_HOOK_SIGNING_FILE",
    "LAIK_SIGNING_KEY_FILE",
)
GIT_SECONDS = 10.0


class CannotLook(LaikError):
    """Something on this machine could not be looked at."""


def read_machine(
    settings: Settings,
    problems: tuple[LaikError, ...],
    environment: Mapping[str, str],
    versions: Catalogue,
) -> MachineFacts:
    """All facts of the theme; folders whose setting is missing are told as such."""
    checkers = Checkers.found()
    unset = next((one for one in problems if one.where.file == "LAIK_STATE"), None)
    out_unset = unset if not environment.get("LAIK_OUT") else None
    store_unset = unset if not environment.get("LAIK_STORE") else None
    return MachineFacts(
        problems=problems,
        state=Unread(unset) if unset else ask(lambda: place(settings.state)),
        out=Unread(out_unset) if out_unset else ask(lambda: place(settings.out)),
        publishes_itself=not settings.apply,
        secrets=tuple(_secret_files(environment)),
        git=git_version(),
        checkers=(("named-checkzone", bool(checkers.named_checkzone)), ("nginx", bool(checkers.nginx))),
        free=Unread(unset) if unset else ask(lambda: _free(settings.state)),
        database=Unread(store_unset) if store_unset else ask(lambda: database(settings.store_url)),
        signatures=Unread(store_unset) if store_unset else ask(lambda: signatures(settings)),
        stopped=Unread(store_unset) if store_unset else ask(lambda: stopped(settings.store_url, versions)),
    )


def place(path: Path, setting: str = "") -> PlaceFacts | None:
    """A file or folder as it is; None where there is none.

    Raises:
        CannotLook: a folder above it cannot be entered.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    except OSError as problem:
        raise _unseen(str(path), problem) from None
    return PlaceFacts(
        str(path), stat.S_IMODE(found.st_mode), found.st_uid == os.geteuid(), _may_write(found), setting
    )


def _may_write(found: os.stat_result) -> bool:
    """By owner, group and others, as it is for an ordinary account; root could write anywhere."""
    if found.st_uid == os.geteuid():
        return bool(found.st_mode & stat.S_IWUSR)
    if found.st_gid in {os.getegid(), *os.getgroups()}:
        return bool(found.st_mode & stat.S_IWGRP)
    return bool(found.st_mode & stat.S_IWOTH)


def _secret_files(environment: Mapping[str, str]) -> list[PlaceFacts]:
    named = [(name, environment.get(name, "").strip()) for name in SECRET_FILES]
    found = [ask(partial(place, Path(path), name)) for name, path in named if path]
    return [one for one in found if isinstance(one, PlaceFacts)]


def _free(folder: Path) -> int:
    """Bytes that are free where the folder is, or will be."""
    there = folder.absolute()
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        return shutil.disk_usage(there).free
    except OSError as problem:
        raise _unseen(str(folder), problem) from None


def git_version() -> tuple[int, ...] | None:
    """The version of git here, or None without one."""
    git = find_program("git")
    if git is None:
        return None
    try:
        told = subprocess.run(  # noqa: S603 - one program by its full path, no shell
            [git, "--version"], capture_output=True, text=True, timeout=GIT_SECONDS, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", told)
    return tuple(int(part) for part in found.groups() if part) if found else None


def database(url: str) -> DatabaseFacts:
    """What the database holds.

    Raises:
        StoreUnusable: it cannot be opened or read.
    """
    engine = make_engine(url)
    try:
        return _read(engine)
    except SQLAlchemyError as problem:
        # Its text may hold the address with the password.
        raise _broken(type(problem).__name__) from None
    finally:
        engine.dispose()


def _read(engine: Engine) -> DatabaseFacts:
    knows = len(MIGRATIONS[engine.dialect.name])
    if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
        return DatabaseFacts(None, knows)  # connecting would make the file
    if not inspect(engine).has_table(schema_version.name):
        return DatabaseFacts(None, knows)
    with reading(engine) as connection:
        version = connection.execute(select(func.max(schema_version.c.version))).scalar()
    if version is None or version > knows:
        return DatabaseFacts(version, knows)
    ledger = Ledger(engine)
    cases = ledger.cases()
    broken = [(case, seq) for case in cases if (seq := ledger.verify(case)) is not None]
    return DatabaseFacts(version, knows, len(cases), tuple(broken))


def signatures(settings: Settings) -> SignatureFacts:
    """How far the ledger is signed, every signature checked anew.

    Raises:
        StoreUnusable: the database cannot be opened or read.
    """
    if settings.keyring is None:
        return SignatureFacts(asked=False)
    engine = make_engine(settings.store_url)
    try:
        if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
            return SignatureFacts(asked=True)  # connecting would make the file
        links = Ledger(engine).all_links()
        found = verify_ledger(links, Signatures(engine).rows(), load_ring(settings.keyring), check)
        return SignatureFacts(asked=True, entries=len(links), signed=len(found.signed))
    except SQLAlchemyError as problem:
        raise _broken(type(problem).__name__) from None
    except (BadSignature, KeyFileUnusable) as problem:
        return SignatureFacts(asked=True, problem=problem)
    finally:
        engine.dispose()


def stopped(url: str, versions: Catalogue) -> tuple[LaikError, ...]:
    """Of each case that stands still, why the SOP that it is pinned to is not there as it was.

    Raises:
        StoreUnusable: the database cannot be opened or read.
    """
    engine = make_engine(url)
    try:
        if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
            return ()  # connecting would make the file
        if not inspect(engine).has_table(schema_version.name):
            return ()
        ledger = Ledger(engine)
        memories = {case: remember(ledger.entries(case)) for case in ledger.cases()}
    except SQLAlchemyError as problem:
        raise _broken(type(problem).__name__) from None
    finally:
        engine.dispose()
    judged = [_unpinned(case, memory, versions) for case, memory in memories.items() if memory.is_case]
    return tuple(one for one in judged if one is not None)


def _unpinned(case: str, memory: Memory, versions: Catalogue) -> LaikError | None:
    try:
        versions.pinned(memory.procedure, memory.version, memory.sop_digest, case=case)
    except InvalidProcedure as problem:
        return problem
    return None


def standing(url: str) -> StandingPolicy | None:
    """The policy in force, as the ledger has it; None while it knows none.

    Raises:
        StoreUnusable: the database cannot be opened or read.
    """
    engine = make_engine(url)
    try:
        if engine.dialect.name == "sqlite" and not Path(engine.url.database or "").exists():
            return None  # connecting would make the file
        if not inspect(engine).has_table(schema_version.name):
            return None
        return standing_policy(Ledger(engine).entries(POLICY))
    except SQLAlchemyError as problem:
        raise _broken(type(problem).__name__) from None
    finally:
        engine.dispose()


def _broken(kind: str) -> StoreUnusable:
    return StoreUnusable(
        Bilingual(f"Basis data tidak terbaca ({kind}).", f"The database cannot be read ({kind})."),
        remedy=Bilingual(
            "Periksa LAIK_STORE, layanan basis datanya, dan hak akun ini atasnya.",
            "Look at LAIK_STORE, the database's service, and this account's rights on it.",
        ),
        where=Where(file="LAIK_STORE"),
    )


def _unseen(path: str, problem: OSError) -> CannotLook:
    return CannotLook(
        Bilingual(
            f"'{path}' tidak dapat dilihat ({problem.strerror}).",
            f"'{path}' cannot be looked at ({problem.strerror}).",
        ),
        remedy=Bilingual(
            "Jalankan doctor sebagai akun yang menjalankan laik.", "Run doctor as the account that runs laik."
        ),
        where=Where(file=path),
    )
