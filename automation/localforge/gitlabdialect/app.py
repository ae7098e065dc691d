"""The dialect's door: from HTTP to a handler and back."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from automation.core.errors import LaikError
from automation.localforge import users
from automation.localforge.engine import Engine
from automation.localforge.gitlabdialect import (
    accesstokens,
    approvalrules,
    branches,
    discussions,
    groups,
    issues,
    members,
    mergerequests,
    planning,
    projects,
    repository,
)
from automation.localforge.gitlabdialect import users as user_routes
from automation.localforge.gitlabdialect.call import Call, Handler, Reply, Rows
from automation.localforge.gitlabdialect.paging import page
from automation.localforge.gitlabdialect.throttle import Throttle
from automation.localforge.records import Token, User
from automation.localforge.refusals import Refusal, invalid, refused
from automation.localforge.routing import RouteTable, body_of, json_answer, query_of, raw_parts, with_etag

PREFIX = "/api/v4"
_log = logging.getLogger(__name__)


def gitlab_app(engine: Engine) -> ASGIApp:
    """The ASGI application for ``/api/v4``."""
    table: RouteTable[Handler] = RouteTable(
        [
            *accesstokens.ROUTES,
            *approvalrules.ROUTES,
            *discussions.ROUTES,
            *user_routes.ROUTES,
            *groups.ROUTES,
            *projects.ROUTES,
            *members.ROUTES,
            *planning.ROUTES,
            *issues.ROUTES,
            *mergerequests.ROUTES,
            *repository.ROUTES,
            *branches.ROUTES,
        ],
        no_path=lambda: Refusal(404, {"error": "404 Not Found"}),
        no_method=lambda: Refusal(405, {"error": "405 Not Allowed"}),
    )
    throttle = Throttle(engine)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            body = await body_of(request, too_large=lambda: refused(413, "413 Request Entity Too Large"))
        except Refusal as refusal:
            response = json_answer(refusal.status, refusal.body)
        else:
            response = await run_in_threadpool(_respond, engine, table, throttle, request, body)
        await response(scope, receive, send)

    return app


def _respond(
    engine: Engine, table: RouteTable[Handler], throttle: Throttle, request: Request, body: bytes
) -> Response:
    """Who asks, and how often already; then the request itself."""
    try:
        user, token = _account(engine, request)
    except Refusal as refusal:
        return json_answer(refusal.status, refusal.body)
    headers, too_many = throttle.count(user.id) if user is not None else ({}, None)
    response = too_many or _handle(engine, table, request, body, (user, token))
    response.headers.update(headers)
    return response


def _handle(
    engine: Engine,
    table: RouteTable[Handler],
    request: Request,
    body: bytes,
    account: tuple[User | None, Token | None],
) -> Response:
    """Run one request; every expected refusal becomes an answer in GitLab's shape."""
    try:
        handler, path = table.find(request.method, raw_parts(request, PREFIX))
        arguments = {**_query(request), **_read_body(request, body)}
        call = Call(engine, account[0], path, arguments, account[1])
        if request.method in {"GET", "HEAD"}:
            return _answer(request, arguments, handler(call))
        with engine.store.transaction():
            result = handler(call)
            return _answer(request, arguments, result)
    except Refusal as refusal:
        return json_answer(refusal.status, refusal.body)
    except (sqlite3.InterfaceError, sqlite3.ProgrammingError, OverflowError, UnicodeEncodeError):
        # A value that no table can hold: an object where a text belongs, half a surrogate pair.
        return json_answer(400, {"error": "a parameter is invalid"})
    except LaikError as problem:
        # A git failure: said in the log with its reason, to the caller as GitLab would.
        _log.warning("request failed: %s", problem)
        return json_answer(500, {"message": "500 Internal Server Error"})


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
    for key, value in query_of(request):
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
        return json_answer(result.status, result.body, result.headers)
    if isinstance(result, Rows):
        return page(request, arguments, result)
    if request.method == "DELETE" and result is None:
        return Response(status_code=204)
    status = 201 if request.method == "POST" else 200
    return with_etag(request, json_answer(status, result))
