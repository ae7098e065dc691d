"""The GitHub dialect's door: from HTTP to a handler and back."""

from __future__ import annotations

import json
import logging
import sqlite3
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from automation.core.errors import LaikError
from automation.localforge.engine import Engine
from automation.localforge.githubdialect import (
    activity,
    branches,
    checks,
    collaborators,
    contents,
    gitdata,
    graphql,
    hooks,
    installed,
    issues,
    orgissues,
    orgs,
    planning,
    pulls,
    repos,
    rulesets,
    signin,
    statuses,
    users,
)
from automation.localforge.githubdialect.call import (
    DOCS,
    VERSION,
    Call,
    Moved,
    Reply,
    Route,
    Rows,
    forbidden,
    not_found,
    refused,
)
from automation.localforge.githubdialect.limits import Limits
from automation.localforge.githubdialect.signin import Visitor
from automation.localforge.refusals import Refusal
from automation.localforge.routing import RouteTable, body_of, json_answer, query_of, raw_parts, with_etag

PREFIX = "/api/v3"
GRAPHQL = ("/api/graphql", "/graphql")
LONGEST_PAGE = 100
USUAL_PAGE = 30
_log = logging.getLogger(__name__)

_THEMES = (
    users,
    orgs,
    repos,
    collaborators,
    installed,
    contents,
    gitdata,
    branches,
    rulesets,
    hooks,
    activity,
    issues,
    orgissues,
    planning,
    pulls,
    statuses,
    checks,
    graphql,
)


def is_github_path(path: str) -> bool:
    """Whether an address belongs to GitHub's REST or GraphQL."""
    return path.startswith(f"{PREFIX}/") or path == PREFIX or path in GRAPHQL


def routes() -> list[Route]:
    """Every route, those of repositories by name and by id."""
    found: list[Route] = []
    for theme in _THEMES:
        for route in theme.ROUTES:
            found.append(route)
            if route.path.startswith("/repos/{owner}/{repo}"):
                below = route.path.removeprefix("/repos/{owner}/{repo}")
                found.append(route._replace(path="/repositories/{repository_id}" + below))
    return found


def github_app(engine: Engine) -> ASGIApp:
    """The ASGI application for ``/api/v3`` and the two addresses of GraphQL."""
    table = RouteTable(
        [(route.method, route.path, route) for route in routes()], no_path=not_found, no_method=not_found
    )
    door = _Door(engine, table, Limits(engine))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await body_of(request, too_large=lambda: refused(413, "Payload too large"))
        except Refusal as refusal:
            response = json_answer(refusal.status, refusal.body)
        else:
            response = await run_in_threadpool(door.respond, request, body)
        await response(scope, receive, send)

    return app


class _Door:
    """One request after the other, each with who asks, the limits and the shapes of the answers."""

    def __init__(self, engine: Engine, table: RouteTable[Route], limits: Limits) -> None:
        self._engine, self._table, self._limits = engine, table, limits

    def respond(self, request: Request, body: bytes) -> Response:
        """The answer with the headers that every answer has."""
        visitor = Visitor()
        try:
            visitor = signin.visitor(self._engine, request.headers)
            response = self._run(request, body, visitor)
        except Refusal as refusal:
            shaped = shape(refusal)
            response = json_answer(shaped.status, shaped.body)
        except Moved as moved:
            response = self._moved(request, moved)
        except (sqlite3.InterfaceError, sqlite3.ProgrammingError, OverflowError, UnicodeEncodeError):
            # A value that no table can hold: an object where a text belongs, half a surrogate pair.
            response = json_answer(422, refused(422, "Invalid request.").body)
        except LaikError as problem:
            _log.warning("request failed: %s", problem)
            response = json_answer(500, refused(500, "Server Error").body)
        counted = response.status_code != 304 and not request.url.path.endswith("/rate_limit")
        response.headers.update(self._limits.headers(visitor.limited, counted=counted))
        response.headers.update(visitor.headers())
        response.headers["X-GitHub-Request-Id"] = uuid.uuid4().hex.upper()[:20]
        response.headers["X-GitHub-Media-Type"] = "github.v3; format=json"
        response.headers["X-GitHub-Enterprise-Version"] = VERSION
        return response

    def _run(self, request: Request, body: bytes, visitor: Visitor) -> Response:
        if not request.headers.get("user-agent"):
            raise refused(403, "Request forbidden by administrative rules. Add a User-Agent header.")
        self._limits.check(visitor.limited)
        reading = request.method in {"GET", "HEAD"}
        graphql_asked = request.url.path in GRAPHQL
        parts = ["graphql"] if graphql_asked else raw_parts(request, PREFIX)
        route, path = self._table.find("GET" if reading else request.method, parts)
        call = Call(
            engine=self._engine,
            user=visitor.user,
            path=path,
            query=dict(query_of(request)),
            body=_read_body(body),
            accept=request.headers.get("accept", ""),
            token=visitor.token,
            install=visitor.install,
            app_id=visitor.app_id,
            scopes=visitor.scopes,
        )
        visitor.require(route.permission, reading=reading or graphql_asked)
        if reading:
            return self._answer(request, call, route.handler(call))
        with self._engine.store.transaction():
            return self._answer(request, call, route.handler(call))

    def _answer(self, request: Request, call: Call, result: Any) -> Response:
        # GitHub's entity tags depend on the token, not only on the content.
        salt = f"{call.token} {call.app_id} {call.accept}".encode()
        if isinstance(result, Rows):
            return with_etag(request, _page(request, call, result), salt=salt)
        if isinstance(result, Reply):
            if result.raw is not None:
                raw = Response(result.raw, result.status, dict(result.headers), result.media)
                return with_etag(request, raw, salt=salt) if result.status == 200 else raw
            if result.body is None:
                return Response(status_code=result.status, headers=dict(result.headers))
            answer = json_answer(result.status, result.body, result.headers)
            return with_etag(request, answer, salt=salt) if result.status == 200 else answer
        if result is None:
            return Response(status_code=204)
        return with_etag(request, json_answer(201 if request.method == "POST" else 200, result), salt=salt)

    def _moved(self, request: Request, moved: Moved) -> Response:
        below = raw_parts(request, PREFIX)[3:]
        place = "/".join([f"{self._engine.url}{PREFIX}/repositories/{moved.project_id}", *below])
        if request.url.query:
            place += f"?{request.url.query}"
        body = {"message": "Moved Permanently", "url": place, "documentation_url": DOCS}
        status = 301 if request.method in {"GET", "HEAD"} else 307
        return json_answer(status, body, {"Location": place})


def _read_body(body: bytes) -> Mapping[str, Any]:
    if not body:
        return {}
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise refused(400, "Problems parsing JSON") from None
    if isinstance(found, list):
        # A few addresses take a bare list (labels of an issue, branch restrictions).
        return {"": found}
    if not isinstance(found, dict):
        raise refused(400, "Body should be a JSON object")
    return found


def _page(request: Request, call: Call, result: Rows) -> Response:
    """One page; ``Link`` only where there is more than one, as GitHub does."""
    size = min(_positive(call.asked("per_page"), USUAL_PAGE), LONGEST_PAGE)
    page = _positive(call.asked("page"), 1)
    total = len(result.rows)
    pages = max(1, -(-total // size))
    shown: Any = [result.render(row) for row in result.rows[(page - 1) * size : page * size]]
    if result.key is not None:
        shown = {"total_count": total, result.key: shown}
    links = _links(request, page, pages)
    return json_answer(200, shown, {"Link": links} if links else None)


def _positive(text: str, default: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return number or default


def _links(request: Request, page: int, pages: int) -> str:
    wanted: dict[str, int] = {}
    if page > 1:
        wanted |= {"prev": min(page - 1, pages), "first": 1}
    if page < pages:
        wanted |= {"next": page + 1, "last": pages}
    base = str(request.url).split("?", 1)[0]
    others = [(key, value) for key, value in query_of(request) if key != "page"]
    return ", ".join(
        f'<{base}?{urlencode([*others, ("page", number)])}>; rel="{relation}"'
        for relation, number in wanted.items()
    )


def shape(refusal: Refusal) -> Refusal:
    """A refusal in GitHub's words; the engine's own ones speak GitLab's."""
    if "documentation_url" in refusal.body:
        return refusal
    if refusal.status == 404:
        return not_found()
    if refusal.status == 403:
        return forbidden()
    if refusal.status == 401:
        return refused(401, "Requires authentication")
    said = refusal.body.get("message", refusal.body.get("error", ""))
    message = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    if refusal.status == 400:
        return refused(422, "Validation Failed", [{"code": "custom", "message": message}])
    return refused(refusal.status, message)
