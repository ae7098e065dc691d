"""The embedded forge as a server: one process, one data folder, nothing to install."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from pathlib import Path
from types import TracebackType

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from automation.core.errors import ForgeRefused, ForgeUnreachable
from automation.core.text import Bilingual
from automation.localforge import pushes, users
from automation.localforge.engine import Dialect, Engine
from automation.localforge.githost import EngineGitHost
from automation.localforge.githubdialect.app import github_app, is_github_path
from automation.localforge.githubhooks import GitHubSender
from automation.localforge.githubreports import guard_of
from automation.localforge.gitlabdialect.app import PREFIX as GITLAB_PREFIX
from automation.localforge.gitlabdialect.app import gitlab_app
from automation.localforge.pages.app import no_pages_app, pages_app
from automation.localforge.smarthttp import git_app, is_git_path
from automation.localforge.webhooks import Sender

ADMIN = "root"
TOKEN_FILE = "admin-token"  # noqa: S105 - a file's name
DIALECT_FILE = "dialect"
GITHUB_ADMIN = ("repo", "admin:org", "delete_repo", "site_admin")

_log = logging.getLogger(__name__)


class RunningForge:
    """A forge that answers at ``url``; a context manager that stops it.

    Attributes:
        url: the address, without a slash at the end.
        admin_token: the administrator's token; a secret, for tests and the demo.
        token_file: where that token is kept, readable by the owner of the folder alone.
    """

    def __init__(
        self, data_dir: Path, *, host: str, port: int, pages: bool = False, dialect: Dialect = "gitlab"
    ) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        _keep_dialect(data_dir, dialect)
        self._socket = _listen(host, port)
        self.url = f"http://{host}:{self._socket.getsockname()[1]}"
        self.token_file = data_dir / TOKEN_FILE
        self.engine = Engine(data_dir, url=self.url, dialect=dialect)
        if dialect == "github":
            guard_of(self.engine)
        self.sender = GitHubSender(self.engine) if dialect == "github" else Sender(self.engine)
        self.engine.sender = self.sender
        pushes.catch_up(self.engine)
        self.admin_token = ensure_administrator(self.engine, self.token_file)
        config = uvicorn.Config(
            forge_app(self.engine, pages=pages),
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=3,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, name="laik-forge", daemon=True
        )

    def begin(self) -> RunningForge:
        """Start answering; returns once requests are taken.

        Raises:
            ForgeUnreachable: the server did not come up within ten seconds.
        """
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise ForgeUnreachable(
                    Bilingual("Forge bawaan tidak dapat dijalankan.", "The embedded forge did not start."),
                    remedy=Bilingual("Periksa porta dan folder datanya.", "Check its port and data folder."),
                )
            time.sleep(0.005)
        return self

    def stop(self) -> None:
        """Stop answering and close the data; calling it twice does no harm."""
        if self._thread.is_alive():
            self._server.should_exit = True
            self._thread.join(10)
            self.sender.close()
            self._socket.close()
            self.engine.close()

    def wait(self) -> None:
        """Answer until someone stops the server."""
        while self._thread.is_alive():
            self._thread.join(1)

    def __enter__(self) -> RunningForge:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket that says it speaks TCP: only then asyncio turns Nagle's 40 ms waits off."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((host, port))
    listening.listen(128)
    return listening


def _keep_dialect(data_dir: Path, dialect: Dialect) -> None:
    """A data folder keeps the dialect it was made with: numbers and tokens of the two are not alike.

    Raises:
        ForgeRefused: the folder holds a forge of the other dialect.
    """
    file = data_dir / DIALECT_FILE
    made = data_dir / "forge.sqlite3"
    kept = (
        file.read_text(encoding="utf-8").strip() if file.exists() else "gitlab" if made.exists() else dialect
    )
    if kept != dialect:
        raise ForgeRefused(
            Bilingual(
                f"Folder data ini berisi forge dialek {kept}, bukan {dialect}.",
                f"This data folder holds a forge of dialect {kept}, not {dialect}.",
            ),
            remedy=Bilingual(
                f"Pakai folder lain, atau jalankan dengan dialek {kept}.",
                f"Use another folder, or run it with dialect {kept}.",
            ),
        )
    file.write_text(dialect + "\n", encoding="utf-8")


def start(
    data_dir: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    pages: bool = False,
    dialect: Dialect = "gitlab",
) -> RunningForge:
    """Start the forge over ``data_dir`` (made where absent); ``port`` 0 takes any free one.

    Starting again on the same folder finds everything as it was; the address may differ. With ``pages`` the
    addresses open in a browser on this machine, without a token; they show private projects too.

    Raises:
        ForgeRefused: the folder holds a forge of another dialect.
    """
    return RunningForge(data_dir, host=host, port=port, pages=pages, dialect=dialect).begin()


def forge_app(engine: Engine, *, pages: bool = False) -> ASGIApp:
    """REST in the engine's dialect, git over HTTP; at all other addresses the pages, when they are on."""
    if engine.dialect == "github":
        rest, is_rest = github_app(engine), is_github_path
    else:
        rest, is_rest = gitlab_app(engine), is_gitlab_path
    git = git_app(EngineGitHost(engine))
    look, nothing = pages_app(engine), no_pages_app()

    def door(scope: Scope) -> ASGIApp:
        if is_rest(scope["path"]):
            return rest
        if is_git_path(scope["path"]):
            return git
        if pages:
            return look
        return nothing if scope["method"] in {"GET", "HEAD"} else git

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await door(scope)(scope, receive, send)

    return app


def is_gitlab_path(path: str) -> bool:
    """Whether an address belongs to GitLab's REST."""
    return path.startswith(f"{GITLAB_PREFIX}/")


def ensure_administrator(engine: Engine, token_file: Path) -> str:
    """The administrator's token from its file; account, token and file are made where missing."""
    known = token_file.read_text(encoding="utf-8").strip() if token_file.exists() else ""
    if known and users.authenticate(engine, known) is not None:
        return known
    with engine.store.transaction():
        admin = users.find_user(engine, ADMIN) or users.create_user(
            engine, ADMIN, name="Administrator", admin=True
        )
        scopes = GITHUB_ADMIN if engine.dialect == "github" else ("api",)
        _, token = users.create_token(engine, admin, "first start", scopes=scopes)
    _write_secret(token_file, token)
    return token


def _write_secret(path: Path, text: str) -> None:
    """Write with mode 0600 from the first moment: a file made readable first could be read in between."""
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
