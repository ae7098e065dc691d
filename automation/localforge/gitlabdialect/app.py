"""The dialect's door: from HTTP to a handler and back."""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from automation.core.errors import LaikError
from automation.localforge import users
from automation.localforge.engine import Engine
from automation.localforge.gitlabdialect import (
    branches,
    groups,
    issues,
    members,
    mergerequests,
    planning,
    projects,
    repository,
)
from automation.localforge.gitlabdialect import users as user_routes
from automation.localforge.gitlabdialect.call import Call, Handler, Reply, Route, Rows
from automation.localforge.records import Token, User
from automation.localforge.refusals import Refusal, invalid, refused

PREFIX = "/api/v4"
LARGEST_BODY = 300 * 1024 * 1024
LONGEST_PAGE = 100
_log = logging.getLogger(__name__)


class RouteTable:
    """Routes by method and path parts; fixed parts win over named ones."""

    def __init__(self, routes: Sequence[Route]) -> None:
        self._root: dict[str, Any] = {}
        for method, path, handler in routes:
            node = self._root
            names = []
            for part in path.strip("/").split("/"):
                named = part.startswith("{")
                names += [part[1:-1]] if named else []
                node = node.setdefault("{}" if named else part, {})
            node.setdefault("", {})[method] = (handler, names)

    def find(self, method: str, parts: Sequence[str]) -> tuple[Handler, dict[str, str]]:
        """The handler and the decoded named parts; 404 for no such path, 405 for no such method."""
        found = self._walk(self._root, parts, [])
        if found is None:
            raise Refusal(404, {"error": "404 Not Found"})
        methods, values = found
        if method not in methods:
            raise Refusal(405, {"error": "405 Not Allowed"})
        handler, names = methods[method]
        return handler, dict(zip(names, values, strict=True))

    def _walk(self, node: dict[str, Any], parts: Sequence[str], values: list[str]) -> Any:
        if not parts:
            return (node[""], values) if "" in node else None
        head, rest = parts[0], parts[1:]
        if head and head in node:
            found = self._walk(node[head], rest, values)
            if found is not None:
                return found
        return self._walk(node["{}"], rest, [*values, unquote(head)]) if "{}" in node and head else None


def gitlab_app(engine: Engine) -> ASGIApp:
    """The ASGI application for ``/api/v4``."""
    table = RouteTable(
        [
            *user_routes.ROUTES,
            *groups.ROUTES,
            *projects.ROUTES,
            *members.ROUTES,
            *planning.ROUTES,
            *issues.ROUTES,
            *mergerequests.ROUTES,
            *repository.ROUTES,
            *branches.ROUTES,
        ]
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await _body(request)
        except Refusal as refusal:
            response = _json(refusal.status, refusal.body)
        else:
            response = await run_in_threadpool(_respond, engine, table, request, body)
        await response(scope, receive, send)

    return app


async def _body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise refused(413, "413 Request Entity Too Large")
        chunks.append(chunk)
    return b"".join(chunks)


def _respond(engine: Engine, table: RouteTable, request: Request, body: bytes) -> Response:
    """Run one request; every expected refusal becomes an answer in GitLab's shape."""
    try:
        user, token = _account(engine, request)
        raw_path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace")
        parts = raw_path.split("?", 1)[0].removeprefix(PREFIX).strip("/").split("/")
        handler, path = table.find(request.method, parts)
        arguments = {**_query(request), **_read_body(request, body)}
        call = Call(engine, user, path, arguments, token)
        if request.method in {"GET", "HEAD"}:
            return _answer(request, arguments, handler(call))
        with engine.store.transaction():
            result = handler(call)
            return _answer(request, arguments, result)
    except Refusal as refusal:
        return _json(refusal.status, refusal.body)
    except (sqlite3.InterfaceError, sqlite3.ProgrammingError, OverflowError, UnicodeEncodeError):
        # A value that no table can hold: an object where a text belongs, half a surrogate pair.
        return _json(400, {"error": "a parameter is invalid"})
    except LaikError as problem:
        # A git failure: said in the log with its reason, to the caller as GitLab would.
        _log.warning("request failed: %s", problem)
        return _json(500, {"message": "500 Internal Server Error"})


def _account(engine: Engine, request: Request) -> tuple[User | None, Token | None]:
    """Whose token came with the request: none is anonymous, a wrong one is refused."""
    token = request.headers.get("private-token", "")
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    if not token and scheme.lower() == "bearer":
        token = bearer.strip()
    if not token:
        return None, None
    found = users.authenticate(engine, token)
    if found is None:
        raise refused(401, "401 Unauthorized")
    scopes = set(found[1].scopes.split())
    if not (scopes & {"api"} or (request.method in {"GET", "HEAD"} and scopes & {"read_api"})):
        raise Refusal(403, {"error": "insufficient_scope", "scope": "api"})
    return found


def _query(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in parse_qsl(request.url.query, keep_blank_values=True):
        if key.endswith("[]"):
            found.setdefault(key[:-2], []).append(value)
        else:
            found[key] = value
    return found


def _read_body(request: Request, body: bytes) -> Mapping[str, Any]:
    kind = request.headers.get("content-type", "").split(";")[0].strip()
    if not body:
        return {}
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise invalid("The request body is not valid JSON") from None
    if not isinstance(found, dict):
        raise invalid("The request body is not an object")
    return found


def _answer(request: Request, arguments: Mapping[str, Any], result: Any) -> Response:
    if isinstance(result, Reply):
        if result.raw is not None:
            return Response(result.raw, result.status, dict(result.headers), "application/octet-stream")
        return _json(result.status, result.body, result.headers)
    if isinstance(result, Rows):
        return _page(request, arguments, result)
    if request.method == "DELETE" and result is None:
        return Response(status_code=204)
    status = 201 if request.method == "POST" else 200
    return _with_etag(request, _json(status, result))


def _page(request: Request, arguments: Mapping[str, Any], result: Rows) -> Response:
    """One page with GitLab's headers; above 10,000 rows the totals are left out, as there."""
    size = min(_positive(arguments, "per_page", 20), LONGEST_PAGE)
    page = _positive(arguments, "page", 1)
    total = len(result.rows)
    pages = max(1, -(-total // size))
    shown = [result.render(row) for row in result.rows[(page - 1) * size : page * size]]
    headers = {
        "X-Page": str(page),
        "X-Per-Page": str(size),
        "X-Next-Page": str(page + 1) if page < pages else "",
        "X-Prev-Page": str(page - 1) if page > 1 else "",
        "Link": _links(request, page, pages, size, last=total <= 10_000),
    }
    if total <= 10_000:
        headers |= {"X-Total": str(total), "X-Total-Pages": str(pages)}
    return _with_etag(request, _json(200, shown, headers))


def _positive(arguments: Mapping[str, Any], name: str, default: int) -> int:
    try:
        return max(1, int(arguments.get(name, default)))
    except (TypeError, ValueError):
        raise invalid(f"{name} is invalid") from None


def _links(request: Request, page: int, pages: int, size: int, *, last: bool) -> str:
    wanted = {"prev": page - 1 if page > 1 else 0, "next": page + 1 if page < pages else 0, "first": 1}
    if last:
        wanted["last"] = pages
    base = str(request.url).split("?", 1)[0]
    others = [
        (key, value)
        for key, value in parse_qsl(request.url.query, keep_blank_values=True)
        if key not in {"page", "per_page"}
    ]
    links = []
    for relation, number in wanted.items():
        if number:
            query = urlencode([*others, ("page", number), ("per_page", size)])
            links.append(f'<{base}?{query}>; rel="{relation}"')
    return ", ".join(links)


def _json(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(content, status, dict(headers or {}), "application/json")


def _with_etag(request: Request, response: Response) -> Response:
    """A weak ETag on what was read; 304 where the caller has just that."""
    if request.method != "GET":
        return response
    etag = f'W/"{hashlib.sha256(bytes(response.body)).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "max-age=0, private, must-revalidate"
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"ETag": etag})
    return response
