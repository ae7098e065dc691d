"""Pages of a list, by offset and by keyset (docs.gitlab.com/api/rest/#pagination)."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from automation.localforge.gitlabdialect.call import Keyset, Rows
from automation.localforge.refusals import Refusal, invalid
from automation.localforge.routing import json_answer, query_of, raw_path, with_etag

LONGEST_PAGE = 100
MOST_COUNTED = 10_000
FURTHEST_OFFSET = 50_000


def page(request: Request, arguments: Mapping[str, Any], rows: Rows) -> Response:
    """The asked page of a list."""
    size = min(positive(arguments, "per_page", 20), LONGEST_PAGE)
    if arguments.get("pagination") == "keyset":
        return _keyset_page(request, arguments, rows, size)
    return _offset_page(request, positive(arguments, "page", 1), rows, size)


def positive(arguments: Mapping[str, Any], name: str, default: int) -> int:
    """A number of at least one; 400 for what is none."""
    try:
        return max(1, int(arguments.get(name, default)))
    except (TypeError, ValueError):
        raise invalid(f"{name} is invalid") from None


def _offset_page(request: Request, number: int, rows: Rows, size: int) -> Response:
    """One page with GitLab's headers; above 10,000 rows the totals are left out, as there.

    Far offsets are refused where keyset pages could be asked for instead.
    """
    if rows.keyset is not None and (number - 1) * size > FURTHEST_OFFSET:
        told = (
            f"Offset pagination has a maximum allowed offset of {FURTHEST_OFFSET} for requests that return"
            f" objects of type {rows.keyset.kind}."
            " Remaining records can be retrieved using keyset pagination."
        )
        raise Refusal(405, {"error": told})
    total = len(rows.rows)
    pages = max(1, -(-total // size))
    shown = [rows.render(row) for row in rows.rows[(number - 1) * size : number * size]]
    counted = total <= MOST_COUNTED
    headers = {
        "X-Page": str(number),
        "X-Per-Page": str(size),
        "X-Next-Page": str(number + 1) if number < pages else "",
        "X-Prev-Page": str(number - 1) if number > 1 else "",
        "Link": _links(request, number, pages, size, last=counted),
    }
    if counted:
        headers |= {"X-Total": str(total), "X-Total-Pages": str(pages)}
    return with_etag(request, json_answer(200, shown, headers))


def _links(request: Request, number: int, pages: int, size: int, *, last: bool) -> str:
    wanted = {
        "prev": number - 1 if number > 1 else 0,
        "next": number + 1 if number < pages else 0,
        "first": 1,
    }
    if last:
        wanted["last"] = pages
    return ", ".join(
        _link(request, relation, {"page": to, "per_page": size}) for relation, to in wanted.items() if to
    )


def _link(request: Request, relation: str, changed: Mapping[str, Any]) -> str:
    # A project asked for by its path is one part of the address, and stays encoded on the next page.
    base = f"{request.url.scheme}://{request.url.netloc}{raw_path(request)}"
    others = [(key, value) for key, value in query_of(request) if key not in changed]
    return f'<{base}?{urlencode([*others, *changed.items()])}>; rel="{relation}"'


def _keyset_page(request: Request, arguments: Mapping[str, Any], rows: Rows, size: int) -> Response:
    """The rows behind the position that the last page's link named; no totals, no page numbers."""
    order = str(arguments.get("order_by") or "")
    if rows.keyset is None or order not in rows.keyset.orders:
        raise Refusal(405, {"error": "Keyset pagination is not yet available for this type of request"})
    keyset, position = rows.keyset, rows.keyset.orders[order]
    downwards = keyset.parameter != "page_token" and arguments.get("sort") != "asc"
    ordered = sorted(rows.rows, key=position, reverse=downwards)
    after = _position(keyset, arguments, downwards)
    if after is not None:
        ordered = [row for row in ordered if (position(row) < after if downwards else position(row) > after)]
    shown = ordered[:size]
    headers = {"X-Per-Page": str(size)}
    if len(ordered) > size:
        cursor = {_parameter(keyset, downwards): _cursor(keyset, position(shown[-1])), "per_page": size}
        headers["Link"] = _link(request, "next", cursor)
    return with_etag(request, json_answer(200, [rows.render(row) for row in shown], headers))


def _parameter(keyset: Keyset, downwards: bool) -> str:
    if keyset.parameter == "id_after":
        return "id_before" if downwards else "id_after"
    return keyset.parameter


def _cursor(keyset: Keyset, position: Any) -> str:
    if keyset.parameter == "cursor":
        return urlsafe_b64encode(json.dumps(position).encode()).decode()
    return str(position[0])


def _position(keyset: Keyset, arguments: Mapping[str, Any], downwards: bool) -> Any:
    text = arguments.get(_parameter(keyset, downwards))
    if text is None:
        return None
    try:
        if keyset.parameter == "cursor":
            return tuple(json.loads(urlsafe_b64decode(str(text))))
        return (int(text) if keyset.parameter == "id_after" else str(text),)
    except (ValueError, TypeError):
        raise invalid(f"{keyset.parameter} is invalid") from None
