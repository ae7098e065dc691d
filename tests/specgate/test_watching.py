"""The look at the door sees what a real client and a real forge say, and fails the test it happens in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import gitlab
import pytest

from automation.localforge.server import start
from tests.specgate import packages
from tests.specgate.exchange import Exchange
from tests.specgate.gate import Gate
from tests.specgate.plugin import SpecGate

TEST = """
import urllib.request
from automation.localforge.server import start

def test_of_somebody(tmp_path):
    with start(tmp_path / "data") as forge:
        asked = urllib.request.Request(f"{forge.url}/api/v4/user?ramalan=1")
        asked.add_header("PRIVATE-TOKEN", forge.admin_token)
        urllib.request.urlopen(asked).close()
"""


@pytest.fixture
def plugin(pytestconfig: pytest.Config) -> SpecGate:
    found = pytestconfig.pluginmanager.get_plugin("specgate")
    assert isinstance(found, SpecGate)
    return found


def test_every_forge_of_the_session_is_watched(plugin: SpecGate, tmp_path: Path) -> None:
    with start(tmp_path / "data") as forge:
        client = gitlab.Gitlab(forge.url, private_token=forge.admin_token)
        client.auth()
        client.session.close()
        (seen,) = plugin.watcher.take()
    assert isinstance(seen, Exchange)
    assert (seen.method, seen.path, seen.status) == ("GET", "/api/v4/user", 200)
    assert b'"username":"root"' in seen.answer
    assert forge.admin_token.encode() not in repr(seen).encode()
    plugin.watcher.see(seen)


def test_a_wrong_question_of_a_real_client_is_found(plugin: SpecGate, tmp_path: Path) -> None:
    with start(tmp_path / "data") as forge:
        client = gitlab.Gitlab(forge.url, private_token=forge.admin_token)
        client.http_get("/user", query_data={"ramalan": 1})
        client.session.close()
        seen = plugin.watcher.take()
    (found,) = Gate().hold(seen)
    assert (found.pointer, found.what) == ("/ramalan", "no such parameter")


def test_the_test_in_which_it_happens_fails(tmp_path: Path) -> None:
    (tmp_path / "test_orang.py").write_text(TEST)
    (tmp_path / "conftest.py").write_text(
        "from tests.specgate import plugin\n\ndef pytest_configure(config):\n    plugin.install(config)\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=packages.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "GET /user (gitlab/users.json): query at /ramalan: no such parameter (value '1')" in done.stdout
    assert "https://docs.gitlab.com/api/users/#get-the-current-user" in done.stdout
