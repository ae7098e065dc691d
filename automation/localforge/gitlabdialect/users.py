"""Routes: accounts, tokens, version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from automation.localforge import users
from automation.localforge.gitlabdialect import render
from automation.localforge.gitlabdialect.call import Call, Keyset, Reply, Route, Rows
from automation.localforge.issues import normal_time
from automation.localforge.records import User
from automation.localforge.refusals import forbidden, invalid, refused

VERSION = {"version": "19.5.0-laik", "revision": "laik"}


def _version(call: Call) -> Any:
    call.sign_in()
    return VERSION


def _metadata(call: Call) -> Any:
    call.sign_in()
    return {
        **VERSION,
        "enterprise": call.engine.quirks.edition != "free",
        "kas": {"enabled": False, "externalUrl": None, "version": None},
    }


def _me(call: Call) -> Any:
    return render.user_private(call.engine, call.actor)


_KEYSET = Keyset(
    "User",
    {
        "id": lambda row: (row.id,),
        "name": lambda row: (row.name, row.id),
        "username": lambda row: (row.username, row.id),
        "created_at": lambda row: (row.created_at, row.id),
    },
)


def _list(call: Call) -> Any:
    call.sign_in()
    found = users.list_users(call.engine, username=call.text("username"), search=call.text("search"))
    shape = render.user_private if call.user and call.user.admin else render.user_full
    return Rows(found, lambda user: shape(call.engine, user), _KEYSET)


def _get(call: Call) -> Any:
    call.sign_in()
    user = call.account(call.number("id"))
    private = call.user is not None and (call.user.admin or call.user.id == user.id)
    return (render.user_private if private else render.user_full)(call.engine, user)


def _create(call: Call) -> Any:
    call.admin()
    user = users.create_user(
        call.engine,
        call.needed("username"),
        name=call.text("name") or "",
        email=call.text("email") or "",
        admin=call.flag("admin"),
    )
    return render.user_private(call.engine, user)


def _create_bot(call: Call) -> Any:
    call.admin()
    user = users.create_user(call.engine, call.needed("username"), name=call.text("name") or "", bot=True)
    return {"id": user.id, "username": user.username, "name": user.name, "email": user.email}


def _block(state: str) -> Any:
    def act(call: Call) -> Any:
        call.admin()
        user = call.account(call.number("id"))
        call.engine.store.update("users", user.id, state=state)
        return Reply(201, True)

    return act


def scopes_of(call: Call) -> Sequence[str]:
    """The scopes that a new token is asked for; 400 where they are missing."""
    value = call.arguments.get("scopes")
    if value is None:
        raise invalid("scopes is missing")
    return [str(one) for one in value] if isinstance(value, list) else str(value).split(",")


def _make_token(call: Call, user: User) -> Any:
    expires = call.text("expires_at")
    record, secret = users.create_token(
        call.engine,
        user,
        call.needed("name"),
        scopes=scopes_of(call),
        expires_at=normal_time(expires)[:10] if expires else None,
    )
    return render.token(record, secret)


def _create_token(call: Call) -> Any:
    call.admin()
    return _make_token(call, call.account(call.number("id")))


def _list_tokens(call: Call) -> Any:
    wanted = call.integer("user_id")
    if not call.actor.admin:
        if wanted not in (None, call.actor.id):
            raise forbidden()
        wanted = call.actor.id
    return Rows(users.list_tokens(call.engine, wanted), render.token)


def _own_token(call: Call) -> Any:
    if call.token is None:
        raise refused(401, "401 Unauthorized")
    return render.token(call.token)


def _get_token(call: Call) -> Any:
    record = users.get_token(call.engine, call.number("token_id"))
    if not call.actor.admin and record.user_id != call.actor.id:
        raise forbidden()
    return render.token(record)


def _revoke(call: Call) -> Any:
    record = users.get_token(call.engine, call.number("token_id"))
    if not call.actor.admin and record.user_id != call.actor.id:
        raise forbidden()
    users.revoke_token(call.engine, record.id)
    return None


ROUTES: Sequence[Route] = [
    ("GET", "/version", _version),
    ("GET", "/metadata", _metadata),
    ("GET", "/user", _me),
    ("GET", "/users", _list),
    ("POST", "/users", _create),
    ("GET", "/users/{id}", _get),
    ("POST", "/users/{id}/block", _block("blocked")),
    ("POST", "/users/{id}/unblock", _block("active")),
    ("POST", "/users/{id}/personal_access_tokens", _create_token),
    ("POST", "/service_accounts", _create_bot),
    ("GET", "/personal_access_tokens", _list_tokens),
    ("GET", "/personal_access_tokens/self", _own_token),
    ("GET", "/personal_access_tokens/{token_id}", _get_token),
    ("DELETE", "/personal_access_tokens/{token_id}", _revoke),
]
