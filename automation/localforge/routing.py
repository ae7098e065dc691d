"""What every dialect's door has in common: routes, bodies, entity tags."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request
from starlette.responses import Response

from automation.localforge.refusals import Refusal

LARGEST_BODY = 300 * 1024 * 1024

H = TypeVar("H")


class RouteTable(Generic[H]):
    """Routes by method and path parts; fixed parts win over named ones.

    Args:
        routes: method, path with ``{names}``, handler.
        no_path: the refusal of a path that is not there.
        no_method: the refusal of a method that the path does not have.
    """

    def __init__(
        self,
        routes: Sequence[tuple[str, str, H]],
        *,
        no_path: Callable[[], Refusal],
        no_method: Callable[[], Refusal],
    ) -> None:
        self._root: dict[str, Any] = {}
        self._no_path, self._no_method = no_path, no_method
        for method, path, handler in routes:
            node = self._root
            names = []
            for part in path.strip("/").split("/"):
                named = part.startswith("{")
                names += [part[1:-1]] if named else []
                node = node.setdefault("{}" if named else part, {})
            node.setdefault("", {})[method] = (handler, names)

    def find(self, method: str, parts: Sequence[str]) -> tuple[H, dict[str, str]]:
        """The handler and the decoded named parts.

        A last name that ends in ``*`` (``{path*}``) takes all parts that are left, slashes included.

        Raises:
            Refusal: no such path, or no such method on it.
        """
        found = self._walk(self._root, parts, [])
        if found is None:
            raise self._no_path()
        methods, values = found
        if method not in methods:
            raise self._no_method()
        handler, names = methods[method]
        return handler, {name.rstrip("*"): value for name, value in zip(names, values, strict=True)}

    def _walk(self, node: dict[str, Any], parts: Sequence[str], values: list[str]) -> Any:
        if not parts:
            return (node[""], values) if "" in node else None
        head, rest = parts[0], parts[1:]
        if head and head in node:
            found = self._walk(node[head], rest, values)
            if found is not None:
                return found
        below = node.get("{}")
        if below is None or not head:
            return None
        found = self._walk(below, rest, [*values, unquote(head)])
        if found is None and rest and self._takes_all(below):
            return below[""], [*values, unquote("/".join(parts))]
        return found

    @staticmethod
    def _takes_all(node: dict[str, Any]) -> bool:
        return any(names[-1].endswith("*") for _, names in node.get("", {}).values())


async def body_of(request: Request, *, too_large: Callable[[], Refusal]) -> bytes:
    """The request's body; refused above 300 MiB."""
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise too_large()
        chunks.append(chunk)
    return b"".join(chunks)


def raw_parts(request: Request, prefix: str) -> list[str]:
    """The path's parts below ``prefix``, still encoded, so that ``%2F`` is no slash."""
    return raw_path(request).removeprefix(prefix).strip("/").split("/")


def raw_path(request: Request) -> str:
    """The path as it was asked for, still encoded."""
    raw: str = request.scope.get("raw_path", request.url.path.encode()).decode("ascii", "replace")
    return raw.split("?", 1)[0]


def query_of(request: Request) -> list[tuple[str, str]]:
    """The query string's pairs, empty values kept."""
    return parse_qsl(request.url.query, keep_blank_values=True)


def json_answer(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON answer; half a surrogate pair becomes a question mark."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(content, status, dict(headers or {}), "application/json")


def with_etag(request: Request, response: Response, *, salt: bytes = b"") -> Response:
    """A weak ETag on what was read; 304 where the caller has just that."""
    if request.method != "GET":
        return response
    digest = hashlib.sha256(salt + bytes(response.body)).hexdigest()
    etag = f'W/"{digest[:32]}"'
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "max-age=0, private, must-revalidate"
    if request.headers.get("if-none-match") == etag:
        kept = {key: value for key, value in response.headers.items() if key.startswith("x-")}
        return Response(status_code=304, headers={**kept, "ETag": etag})
    return response
