from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from automation.scan import sandbox
from automation.scan.limits import Limits
from automation.scan.sandbox import RunnerFailed

PYTHON = [sys.executable, "-I", "-c"]


def run(folder: Path, code: str, limits: Limits | None = None) -> sandbox.Answer:
    return sandbox.run([*PYTHON, code], folder=folder, limits=limits or Limits())


def test_a_runner_has_no_network(tmp_path: Path) -> None:
    if not sandbox.network_is_cut():
        pytest.skip("kernel does not let us make a network namespace; run as root or allow user namespaces")
    answer = run(
        tmp_path,
        "print(open('/proc/net/dev').read(), end='')",
    )
    names = [line.split(":")[0].strip() for line in answer.output.decode().splitlines()[2:]]
    assert names == ["lo"]
    refused = run(
        tmp_path,
        "import socket\ntry:\n socket.create_connection(('127.0.0.1', 9), 1)\n"
        "except OSError as e:\n print(e.errno)",
    )
    assert refused.output.strip() == b"101"  # ENETUNREACH: even loopback is down


def test_a_runner_sees_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAIK_TOKEN", "rahasia")
    answer = run(tmp_path, "import os; print(dict(os.environ))")
    assert b"LAIK_TOKEN" not in answer.output
    assert str(tmp_path).encode() in answer.output


def test_a_runner_that_sleeps_is_ended_with_its_children(tmp_path: Path) -> None:
    code = (
        "import subprocess, time; child = subprocess.Popen(['sleep', '300']); "
        "open('pid', 'w').write(str(child.pid)); time.sleep(300)"
    )
    with pytest.raises(RunnerFailed, match="batas waktu"):
        run(tmp_path, code, Limits(wall_seconds=2))
    child = int((tmp_path / "pid").read_text())
    assert ended(child)


def ended(pid: int) -> bool:
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_runner_cannot_use_more_memory_than_it_may(tmp_path: Path) -> None:
    answer = run(tmp_path, "x = bytearray(900_000_000)", Limits(memory_bytes=400_000_000))
    assert answer.code != 0


def test_a_runner_that_burns_the_processor_is_ended(tmp_path: Path) -> None:
    started = time.monotonic()
    with pytest.raises(RunnerFailed):
        run(tmp_path, "while True: pass", Limits(cpu_seconds=1, wall_seconds=30))
    assert time.monotonic() - started < 20


def test_a_runner_cannot_fill_the_disk(tmp_path: Path) -> None:
    code = "import sys\nwhile True: sys.stdout.write('x' * 100000)"
    assert run(tmp_path, code, Limits(output_bytes=1_000_000)).code != 0
    assert (tmp_path / "answer.out").stat().st_size <= 1_000_000
