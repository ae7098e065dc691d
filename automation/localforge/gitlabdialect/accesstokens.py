"""Routes: access tokens of projects and groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automation.localforge import resourcetokens
from automation.localforge.gitlabdialect import render
from automation.localforge.gitlabdialect.call import Call, Handler, Route, Rows
from automation.localforge.gitlabdialect.members import controlled
from automation.localforge.gitlabdialect.users import scopes_of
from automation.localforge.issues import normal_time
from automation.localforge.permissions import MAINTAINER
from automation.localforge.records import ResourceToken, Token

Pair = tuple[ResourceToken, Token]


def _shown(pair: Pair, secret: str | None = None) -> Any:
    return {**render.token(pair[1], secret), "access_level": pair[0].level, "resource_type": pair[0].source}


def _list(source: str) -> Handler:
    def act(call: Call) -> Any:
        place, _ = controlled(call, source)
        return Rows(resourcetokens.list_resource_tokens(call.engine, source, place), _shown)

    return act


def _found(call: Call, source: str) -> Pair:
    place, _ = controlled(call, source)
    return resourcetokens.get_resource_token(call.engine, source, place, call.number("token_id"))


def _get(source: str) -> Handler:
    return lambda call: _shown(_found(call, source))


def _create(source: str) -> Handler:
    def act(call: Call) -> Any:
        place, giver = controlled(call, source)
        wanted = call.integer("access_level")
        expires = call.text("expires_at")
        made, record, secret = resourcetokens.create_resource_token(
            call.engine,
            source,
            place,
            call.needed("name"),
            scopes=scopes_of(call),
            level=MAINTAINER if wanted is None else wanted,
            giver=giver,
            expires_at=normal_time(expires)[:10] if expires else None,
        )
        return _shown((made, record), secret)

    return act


def _revoke(source: str) -> Handler:
    def act(call: Call) -> Any:
        resourcetokens.revoke_resource_token(call.engine, _found(call, source)[1])

    return act


def _routes(source: str) -> list[Route]:
    base = f"/{source}s/{{id}}/access_tokens"
    return [
        ("GET", base, _list(source)),
        ("POST", base, _create(source)),
        ("GET", f"{base}/{{token_id}}", _get(source)),
        ("DELETE", f"{base}/{{token_id}}", _revoke(source)),
    ]


ROUTES: Sequence[Route] = [*_routes("project"), *_routes("group")]
