"""A PostgreSQL server of the tests' own: thrown away afterwards, reached by a socket, nobody else's."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DEBIAN = Path("/usr/lib/postgresql")  # its programs lie in no PATH, one folder a version
SETTINGS = "-c listen_addresses='' -c fsync=off -c max_connections=50 -k {folder}"


@contextmanager
def running() -> Iterator[str]:
    """The address of a running server; without one, skipped, or failed where skipping is forbidden."""
    programs = _programs()
    if programs is None:
        message = "no PostgreSQL server program here; on Debian: apt-get install postgresql"
        if os.environ.get("LAIK_FORBID_SKIPS"):
            pytest.fail(message)
        pytest.skip(message)
    # Not below pytest's folder, which root alone may enter; and a socket's path is at most 107 bytes long.
    folder = Path(tempfile.mkdtemp(prefix="laik-pg-"))
    account = _account()
    try:
        if account is not None:
            shutil.chown(folder, account)
        data = str(folder / "data")
        _run(account, str(programs / "initdb"), "-D", data, "-A", "trust", "-U", "laik", "-E", "UTF8", "-N")
        settings = SETTINGS.format(folder=folder)
        control = (str(programs / "pg_ctl"), "-D", data, "-w")
        _run(account, *control, "-o", settings, "-l", str(folder / "log"), "start")
        try:
            yield f"postgresql+psycopg://laik@/postgres?host={folder}"
        finally:
            _run(account, *control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    known = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda one: float(one.parent.parent.name))
    return known[-1].parent if known else None


def _account() -> str | None:
    """Under whom it runs: PostgreSQL refuses root."""
    if os.getuid() != 0:
        return None
    names = {one.pw_name for one in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(account: str | None, *command: str) -> None:
    done = subprocess.run(
        command,
        user=account,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if "start" not in command else subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, (command, done.stdout)
