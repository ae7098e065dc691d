"""Routes: accounts, the server itself, and what a site administrator does."""

from __future__ import annotations

from typing import Any

from automation.localforge import users
from automation.localforge.githubdialect import render
from automation.localforge.githubdialect.call import (
    DOCS,
    VERSION,
    Call,
    Reply,
    Route,
    Rows,
    invalid,
    not_found,
    refused,
)
from automation.localforge.githubdialect.rendergit import short
from automation.localforge.records import Namespace, Token, User

__all__ = ["ROUTES", "account_named"]


def account_named(call: Call, name: str = "username") -> User:
    """The account that the path names; 404 for none and for one that is suspended."""
    found = users.find_user(call.engine, call.path[name])
    if found is None:
        raise not_found()
    return found


def _me(call: Call) -> Any:
    if call.install is not None or call.app_id is not None:
        raise refused(403, "Resource not accessible by integration")
    return render.private_user(call.engine, call.actor)


def _get(call: Call) -> Any:
    place = call.engine.store.one(
        Namespace, "SELECT * FROM namespaces WHERE kind = 'group' AND full_path = ?", call.path["username"]
    )
    if place is not None:
        return render.organisation_page(call.engine, place)
    return render.public_user(call.engine, account_named(call))


def _get_by_id(call: Call) -> Any:
    found = call.engine.store.one(User, "SELECT * FROM users WHERE id = ?", call.number("account_id"))
    if found is None:
        raise not_found()
    return render.public_user(call.engine, found)


def _list(call: Call) -> Any:
    since = int(call.asked("since", "0")) if call.asked("since", "0").isdigit() else 0
    found = call.engine.store.all(User, "SELECT * FROM users WHERE id > ? ORDER BY id", since)
    return Rows(found, lambda one: render.user(call.engine, one))


def _meta(_: Call) -> Any:
    return {
        "verifiable_password_authentication": True,
        "packages": [],
        "dependabot": [],
        "installed_version": VERSION,
    }


def _rate_limit(call: Call) -> Any:
    """The numbers are the server's; GitHub's own do not always match its headers either."""
    reset = int(call.engine.clock().timestamp()) + 3600
    core = {"limit": 5000, "used": 0, "remaining": 5000, "reset": reset}
    return {"resources": {"core": core, "search": core, "graphql": core}, "rate": core}


# ---- site administration (GitHub Enterprise Server)


def _create(call: Call) -> Any:
    call.site_admin()
    login = call.needed("login")
    if users.find_user(call.engine, login) is not None:
        raise invalid("User", "login", "already_exists")
    made = users.create_user(call.engine, login, name="", email=call.text("email") or "")
    return render.user(call.engine, made)


def _delete_user(call: Call) -> None:
    call.site_admin()
    call.engine.store.update("users", account_named(call).id, state="blocked")


def _suspend(call: Call) -> None:
    call.site_admin()
    call.engine.store.update("users", account_named(call).id, state="blocked")


def _promote(call: Call) -> None:
    call.site_admin()
    call.engine.store.update("users", account_named(call).id, admin=True)


def _unsuspend(call: Call) -> None:
    call.site_admin()
    call.engine.store.update("users", account_named(call).id, state="active")


def _authorise(call: Call) -> Any:
    """A token for another account ("impersonation"); asked again, GHES answers the one that there is."""
    call.site_admin()
    account = account_named(call)
    scopes = call.texts("scopes")
    if not scopes:
        raise invalid("OauthAccess", "scopes", "missing_field")
    record, secret = users.create_token(
        call.engine, account, "Impersonation", scopes=[one for one in scopes if one in users.GITHUB_SCOPES]
    )
    return Reply(201, _authorisation(call, account, record, secret))


def _authorisation(call: Call, account: User, record: Token, secret: str) -> dict[str, Any]:
    return {
        "id": record.id,
        "url": f"{call.engine.url}/api/v3/authorizations/{record.id}",
        "app": {"name": "GitHub Site Administrator", "url": DOCS, "client_id": "0" * 20},
        "token": secret,
        "hashed_token": record.digest,
        "token_last_eight": secret[-8:],
        "note": None,
        "note_url": None,
        "created_at": short(record.created_at),
        "updated_at": short(record.created_at),
        "scopes": record.scopes.split(),
        "fingerprint": None,
        "expires_at": None,
        "user": render.user(call.engine, account),
    }


def _unauthorise(call: Call) -> None:
    call.site_admin()
    for record in users.list_tokens(call.engine, account_named(call).id):
        users.revoke_token(call.engine, record.id)


ROUTES: tuple[Route, ...] = (
    Route("GET", "/user", _me),
    Route("GET", "/user/{account_id}", _get_by_id),
    Route("GET", "/users", _list),
    Route("GET", "/users/{username}", _get),
    Route("GET", "/meta", _meta),
    Route("GET", "/rate_limit", _rate_limit),
    Route("POST", "/admin/users", _create),
    Route("DELETE", "/admin/users/{username}", _delete_user),
    Route("POST", "/admin/users/{username}/authorizations", _authorise),
    Route("DELETE", "/admin/users/{username}/authorizations", _unauthorise),
    Route("PUT", "/users/{username}/site_admin", _promote),
    Route("PUT", "/users/{username}/suspended", _suspend),
    Route("DELETE", "/users/{username}/suspended", _unsuspend),
)
