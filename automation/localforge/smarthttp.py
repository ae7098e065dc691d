"""Git over smart HTTP with token authentication.

A request's body is spooled to a file first (pushes come chunked, gzip-encoded and large), the answer is
streamed. A push is judged in two halves, because a force push is only known once its objects have arrived:

1. The ref updates stand at the head of the body. The host is asked about each of them before git runs,
   once as an ordinary and once as a forced update, and both verdicts are written down.
2. git receives the objects into quarantine and runs our ``pre-receive`` hook, a fixed shell script, which
   finds out whether an update is forced and looks up its verdict. What is not written down is refused.

So there is no way back from the hook into the server, and nothing to wait for. The ``post-receive`` hook
notes what really happened; the host hears of it before the pusher gets the end of the answer.
"""

from __future__ import annotations

import base64
import binascii
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Generic, Protocol, TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from automation.localforge.gitrecords import ZERO
from automation.localforge.gitwire import (
    BodyTooLarge,
    MalformedBody,
    Update,
    parse_updates,
    run_service,
    spool,
)

__all__ = ["GitHost", "RepositoryAccess", "git_app", "is_git_path"]

_ROUTE = re.compile(r"/(?P<path>[^?]+?)(?:\.git)?/(?P<what>info/refs|git-upload-pack|git-receive-pack)")
_PROTOCOL = re.compile(r"[a-z0-9=:]{1,64}")
_SERVICES = {"git-upload-pack": "upload-pack", "git-receive-pack": "receive-pack"}

_PRE_RECEIVE = """\
#!/bin/sh
zero=0000000000000000000000000000000000000000
status=0
while read -r old new ref; do
  kind=plain
  if [ "$old" != "$zero" ] && [ "$new" != "$zero" ]; then
    git merge-base --is-ancestor "$old" "$new" 2>/dev/null || kind=forced
    case "$ref" in refs/tags/*) kind=forced ;; esac
  fi
  answer=refused
  reason='The push was not announced / Push tidak diumumkan.'
  while read -r o n r k a text; do
    if [ "$o $n $r $k" = "$old $new $ref $kind" ]; then answer=$a; reason=$text; fi
  done < "$LAIK_PUSH/verdicts"
  if [ "$answer" != allowed ]; then printf '%s\\n' "$reason" >&2; status=1; fi
done
exit $status
"""
_POST_RECEIVE = """\
#!/bin/sh
cat > "$LAIK_PUSH/done"
"""

U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class RepositoryAccess:
    """A repository that someone may know of, and what he may do with it."""

    project_id: int
    path: Path
    can_read: bool
    can_write: bool


class GitHost(Protocol[U]):
    """What the forge's engine answers. Called from worker threads; ``U`` is the engine's own user record."""

    def authenticate(self, token: str) -> U | None:
        """Whose token it is, or None when it is nobody's."""

    def find_repository(self, full_path: str, user: U | None) -> RepositoryAccess | None:
        """The repository at ``group/project`` (without ``.git``), or None when there is none."""

    def push_allowed(
        self, project_id: int, user: U, ref: str, old: str, new: str, forced: bool, deleted: bool
    ) -> str | None:
        """None when the update is allowed, else one line for the pusher that says why not."""

    def pushed(self, project_id: int, user: U, updates: list[tuple[str, str, str]]) -> None:
        """What has been updated: (ref, old, new)."""


def is_git_path(path: str) -> bool:
    """Whether a request path belongs to git rather than to the REST dialect."""
    return _ROUTE.fullmatch(path) is not None


def git_app(host: GitHost[U]) -> ASGIApp:
    """The ASGI application for ``/<group>/<project>.git/...``."""
    door = _Door(host)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await door.answer(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    return app


@dataclass(frozen=True, slots=True)
class _Push(Generic[U]):
    """A push under way; ``folder`` holds its hooks, the verdicts and the note of what was done."""

    access: RepositoryAccess
    user: U
    folder: Path


class _Door(Generic[U]):
    """Routes, authenticates and runs git for one host."""

    def __init__(self, host: GitHost[U]) -> None:
        self.host = host

    async def answer(self, request: Request) -> Response:
        """The response to one request."""
        route = _ROUTE.fullmatch(request.scope["path"].removeprefix(request.scope.get("root_path", "")))
        if route is None:
            return PlainTextResponse("Not Found\n", 404)
        advertise = route["what"] == "info/refs"
        if request.method != ("GET" if advertise else "POST"):
            return PlainTextResponse("Method Not Allowed\n", 405)
        name = request.query_params.get("service", "") if advertise else route["what"]
        if name not in _SERVICES:
            return PlainTextResponse("Only smart HTTP is spoken here.\n", 403)
        found = await run_in_threadpool(self._admit, request, route["path"], name == "git-receive-pack")
        if isinstance(found, Response):
            return found
        access, user = found
        if advertise:
            return await run_in_threadpool(_advertise, access, name, _git_protocol(request))
        return await self._serve(request, access, user, name)

    def _admit(
        self, request: Request, path: str, writing: bool
    ) -> tuple[RepositoryAccess, U | None] | Response:
        """Who may do it on which repository, or the refusal.

        What one may not see and what is not there are the same 404, and to a stranger both are 401, so that
        no private project's name can be guessed by trying.
        """
        token = _token(request.headers.get("authorization", ""))
        user = self.host.authenticate(token) if token else None
        if (token and user is None) or (writing and user is None):
            return _unauthorized()
        access = self.host.find_repository(path, user)
        if access is None or not access.can_read:
            return _unauthorized() if user is None else PlainTextResponse(_NOT_FOUND, 404)
        if writing and not access.can_write:
            return PlainTextResponse("You are not allowed to push code to this project.\n", 403)
        return access, user

    async def _serve(self, request: Request, access: RepositoryAccess, user: U | None, name: str) -> Response:
        # A browser cannot send this type across sites without asking, so a foreign page cannot push.
        if request.headers.get("content-type") != f"application/x-{name}-request":
            return PlainTextResponse("Unsupported Media Type\n", 415)
        # Unbuffered: git reads on from the descriptor where we stop, and a buffer would have read ahead.
        body = tempfile.TemporaryFile(dir=access.path, buffering=0)  # noqa: SIM115 - closed by the stream
        try:
            await spool(request, body)
            protocol = _git_protocol(request)
            if name == "git-upload-pack" or user is None:
                chunks = run_service(access.path, body, "upload-pack", protocol)
            else:
                push = await run_in_threadpool(self._prepare, access, user, body)
                chunks = self._receive(push, body, protocol)
        except (BodyTooLarge, MalformedBody) as problem:
            body.close()
            return _bad_body(problem)
        except BaseException:
            body.close()
            raise
        return StreamingResponse(chunks, media_type=f"application/x-{name}-result", headers=_NO_CACHE)

    def _prepare(self, access: RepositoryAccess, user: U, body: IO[bytes]) -> _Push[U]:
        """Ask the host about every announced update and lay the hooks down beside the verdicts."""
        updates = parse_updates(body)
        body.seek(0)
        lines = [line for update in updates for line in self._verdicts(access.project_id, user, update)]
        # Inside the repository, not in /tmp: that may be mounted noexec.
        folder = Path(tempfile.mkdtemp(prefix="push-", dir=access.path)).resolve()
        (folder / "verdicts").write_text("".join(lines), encoding="utf-8")
        for hook, script in (("pre-receive", _PRE_RECEIVE), ("post-receive", _POST_RECEIVE)):
            (folder / hook).write_text(script, encoding="utf-8")
            (folder / hook).chmod(0o700)
        return _Push(access, user, folder)

    def _verdicts(self, project_id: int, user: U, update: Update) -> list[str]:
        # A tag that names another commit is always a forced update: tags are not meant to move.
        kinds = {"plain": False}
        if ZERO not in {update.old, update.new}:
            kinds["forced"] = True
        head = f"{update.old} {update.new} {update.ref}"
        return [
            f"{head} {kind} {self._verdict(project_id, user, update, forced)}\n"
            for kind, forced in kinds.items()
        ]

    def _verdict(self, project_id: int, user: U, update: Update, forced: bool) -> str:
        if not update.ref.startswith(("refs/heads/", "refs/tags/")):
            return "refused Only branches and tags can be pushed."
        why = self.host.push_allowed(
            project_id, user, update.ref, update.old, update.new, forced, update.deleted
        )
        if why is None:
            return "allowed"
        # One line: a line break in the reason would start a verdict of its own.
        return "refused " + (" ".join(re.sub(r"[\x00-\x1f\x7f]", " ", why).split()) or "Refused.")

    def _receive(self, push: _Push[U], body: IO[bytes], protocol: str) -> Iterator[bytes]:
        """Run receive-pack; the host is told before the last piece of the answer leaves."""
        held: bytes | None = None
        told = False
        try:
            for chunk in run_service(push.access.path, body, "receive-pack", protocol, push.folder):
                if held is not None:
                    yield held
                held = chunk
            told = True
            self._tell(push)
            if held is not None:
                yield held
        finally:
            # A pusher who hangs up early has pushed all the same.
            if not told:
                self._tell(push)
            shutil.rmtree(push.folder, ignore_errors=True)

    def _tell(self, push: _Push[U]) -> None:
        note = push.folder / "done"
        lines = note.read_text(encoding="utf-8", errors="replace").splitlines() if note.exists() else []
        rows = [line.split(" ", 2) for line in lines]
        if rows:
            updates = [(ref, old, new) for old, new, ref in rows]
            self.host.pushed(push.access.project_id, push.user, updates)


_NO_CACHE = {"Cache-Control": "no-cache, max-age=0, must-revalidate"}
_NOT_FOUND = "The project you were looking for could not be found or you don't have permission to view it.\n"


def _unauthorized() -> Response:
    headers = {"WWW-Authenticate": 'Basic realm="laik"'}
    return PlainTextResponse("HTTP Basic: Access denied.\n", 401, headers)


def _bad_body(problem: Exception) -> Response:
    if isinstance(problem, BodyTooLarge):
        return PlainTextResponse("The push is too large.\n", 413)
    return PlainTextResponse("Bad Request\n", 400)


def _token(header: str) -> str:
    """The token of an Authorization header: the password of Basic, or a Bearer token; empty for none."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    try:
        return base64.b64decode(value.strip(), validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _git_protocol(request: Request) -> str:
    """The protocol version that the client asks for; it goes into git's environment, so it is checked."""
    wanted = request.headers.get("git-protocol", "")
    return wanted if _PROTOCOL.fullmatch(wanted) else ""


def _advertise(access: RepositoryAccess, name: str, protocol: str) -> Response:
    """The refs, as git's smart protocol wants them."""
    head = f"# service={name}\n"
    with tempfile.TemporaryFile() as nothing:
        refs = b"".join(run_service(access.path, nothing, _SERVICES[name], protocol, advertise=True))
    content = f"{len(head) + 4:04x}{head}0000".encode() + refs
    return Response(content, media_type=f"application/x-{name}-advertisement", headers=_NO_CACHE)
