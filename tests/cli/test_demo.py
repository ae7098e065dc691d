"""The end of ``laik demo`` without ``--exit``: where to look, and how to stop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from automation.cli.demo import places
from automation.demo.run import Addresses

STAY = """
import signal
from pathlib import Path
from automation.cli.demo import _stay
from automation.demo.run import Addresses
signal.signal(signal.SIGINT, signal.default_int_handler)
_stay(Addresses("http://127.0.0.1:1", "http://127.0.0.1:2", Path("saji"), Path("token")))
"""


def test_every_address_of_the_case_is_named() -> None:
    forge = "http://127.0.0.1:8080"
    where = Addresses(
        forge,
        "http://127.0.0.1:9090",
        Path("data/saji/current"),
        Path("data/forge/admin-token"),
        issue=f"{forge}/diskominfo/kendali/-/issues/1",
        case_file=f"{forge}/berkas/pa-2026-0001",
        application=f"{forge}/aplikasi/antrean",
        hosting_request=f"{forge}/diskominfo/hosting/-/merge_requests/2",
    )
    lines = places(where)
    text = "\n".join(lines)
    for one in (where.issue, where.case_file, where.application, where.hosting_request, "9090/sehat"):
        assert one in text
    assert f"clone {where.case_file}.git" in text
    assert "data/saji/current" in text
    assert "/api/v4 (" in text
    assert "/api/v3 (" in "\n".join(places(replace(where, api="/api/v3")))
    assert lines[-1] == "Ctrl-C untuk berhenti"


@pytest.mark.parametrize("way", ["ctrl-c", "enter"])
def test_ctrl_c_and_enter_end_it_well(way: str) -> None:
    keyboard, stdin = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", STAY],
        stdin=stdin if way == "enter" else subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        assert any(line == "Ctrl-C untuk berhenti\n" for line in process.stderr)
        if way == "enter":
            os.write(keyboard, b"\n")
        else:
            process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
        process.stderr.close()
        os.close(keyboard)
        os.close(stdin)
