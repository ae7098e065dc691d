"""A small world for git over HTTP: one repository, three accounts, one rule, and the real git program."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from automation.localforge.smarthttp import RepositoryAccess


@dataclass
class SmallHost:
    """Writer and reader of one project; ``main`` takes no force, no deletion; ``locked`` nothing at all."""

    path: Path
    refused_when_forced: str = ""
    told: list[tuple[int, str, list[tuple[str, str, str]]]] = field(default_factory=list)
    asked: list[tuple[str, str, bool, bool]] = field(default_factory=list)

    def authenticate(self, token: str) -> str | None:
        return {"tulis": "writer", "baca": "reader", "luar": "outsider"}.get(token)

    def find_repository(self, full_path: str, user: str | None) -> RepositoryAccess | None:
        if full_path != "dinas/layanan" or user not in {"writer", "reader"}:
            return None
        return RepositoryAccess(7, self.path, can_read=True, can_write=user == "writer")

    def push_allowed(
        self, project_id: int, user: str, ref: str, old: str, new: str, forced: bool, deleted: bool
    ) -> str | None:
        self.asked.append((user, ref, forced, deleted))
        if ref == "refs/heads/locked":
            return "cabang locked\nterkunci"
        if forced and ref == self.refused_when_forced:
            return "tag tetap"
        if ref == "refs/heads/main" and (forced or deleted):
            return "main tidak boleh dipaksa"
        return None

    def pushed(self, project_id: int, user: str, updates: list[tuple[str, str, str]]) -> None:
        self.told.append((project_id, user, updates))


@contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """The app on a loopback port; yields its address."""
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="critical", lifespan="off")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.005)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def basic(token: str) -> str:
    """The Authorization header that carries a token as the password."""
    return "Basic " + base64.b64encode(f"git:{token}".encode()).decode()


@dataclass
class Clone:
    """A working folder; the token travels in the environment, never in an argument or an address."""

    folder: Path
    token: str = ""
    config: dict[str, str] = field(default_factory=dict)

    def git(self, *arguments: str, fine: bool = True) -> subprocess.CompletedProcess[str]:
        settings = {
            "user.name": "Tim",
            "user.email": "tim@contoh.go.id",
            "commit.gpgsign": "false",
            **self.config,
        }
        if self.token:
            settings["http.extraHeader"] = f"Authorization: {basic(self.token)}"
        env = {
            "PATH": os.environ["PATH"],
            "HOME": "/nonexistent",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_COUNT": str(len(settings)),
        }
        for number, (key, value) in enumerate(settings.items()):
            env |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=env,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert not fine or done.returncode == 0, done.stderr
        return done

    def commit(self, path: str, content: bytes, message: str = "ubah") -> str:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        self.git("add", "--", path)
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD").stdout.strip()
