"""Routes: GitHub Apps, as the App itself and as one of its installations."""

from __future__ import annotations

from typing import Any

from automation.localforge import apps, projects
from automation.localforge.githubdialect import render
from automation.localforge.githubdialect.call import Call, Reply, Route, Rows, not_found, refused
from automation.localforge.githubdialect.orgs import organisation_of
from automation.localforge.githubdialect.rendergit import node_id, short
from automation.localforge.groups import group_by_id


def _own_app(call: Call) -> apps.App:
    if call.app_id is None:
        raise refused(401, "A JSON web token could not be decoded")
    return apps.app_by_id(call.engine, call.app_id)


def app_json(call: Call, app: apps.App) -> dict[str, Any]:
    """An App as everybody sees it."""
    first = apps.installations_of(call.engine, app.id)
    place = group_by_id(call.engine, first[0].namespace_id) if first else None
    return {
        "id": app.id,
        "slug": app.slug,
        "client_id": f"Iv1.{app.id:016x}",
        "node_id": node_id("App", app.id),
        "owner": render.place(call.engine, place)
        if place
        else render.user(call.engine, apps.bot_user(call.engine, app)),
        "name": app.slug,
        "description": None,
        "external_url": call.engine.url,
        "html_url": f"{call.engine.url}/apps/{app.slug}",
        "created_at": short(app.created_at),
        "updated_at": short(app.created_at),
        "permissions": apps.permissions_of(app),
        "events": [],
    }


def _installation(call: Call, one: apps.Installation) -> dict[str, Any]:
    app = apps.app_by_id(call.engine, one.app_id)
    place = group_by_id(call.engine, one.namespace_id)
    account = render.place(call.engine, place)
    account.pop("user_view_type")
    base = f"{call.engine.url}/api/v3"
    return {
        "id": one.id,
        "account": account,
        "repository_selection": "all",
        "access_tokens_url": f"{base}/app/installations/{one.id}/access_tokens",
        "repositories_url": f"{base}/installation/repositories",
        "html_url": f"{call.engine.url}/organizations/{place.path}/settings/installations/{one.id}",
        "app_id": app.id,
        "target_id": place.id,
        "target_type": "Organization",
        "permissions": apps.permissions_of(app),
        "events": [],
        "created_at": short(one.created_at),
        "updated_at": short(one.created_at),
        "single_file_name": None,
        "app_slug": app.slug,
        "suspended_at": None,
        "suspended_by": None,
    }


def _get_app(call: Call) -> Any:
    app = _own_app(call)
    return {**app_json(call, app), "installations_count": len(apps.installations_of(call.engine, app.id))}


def _get_by_slug(call: Call) -> Any:
    found = apps.find_app(call.engine, call.path["app_slug"])
    if found is None:
        raise not_found()
    return app_json(call, found)


def _installations(call: Call) -> Any:
    rows = apps.installations_of(call.engine, _own_app(call).id)
    return Rows(rows, lambda one: _installation(call, one))


def _own_installation(call: Call) -> apps.Installation:
    found = apps.installation_by_id(call.engine, call.number("installation_id"))
    if found.app_id != _own_app(call).id:
        raise not_found()
    return found


def _get_installation(call: Call) -> Any:
    return _installation(call, _own_installation(call))


def _new_token(call: Call) -> Any:
    one = _own_installation(call)
    token, ends = apps.create_installation_token(call.engine, one)
    app = apps.app_by_id(call.engine, one.app_id)
    told = {"token": token, "expires_at": short(ends), "permissions": apps.permissions_of(app)}
    return Reply(201, {**told, "repository_selection": "all"})


def _of_organisation(call: Call) -> Any:
    place, app = organisation_of(call), _own_app(call)
    for one in apps.installations_of(call.engine, app.id):
        if one.namespace_id == place.id:
            return _installation(call, one)
    raise not_found()


def _repositories(call: Call) -> Any:
    if call.install is None:
        raise refused(403, "You must authenticate with an installation access token")
    place = group_by_id(call.engine, call.install.namespace_id)
    rows = projects.list_projects(call.engine, call.user, namespace=place)
    return Rows(rows, lambda row: render.repository(call.engine, call.user, row), key="repositories")


ROUTES: tuple[Route, ...] = (
    Route("GET", "/app", _get_app),
    Route("GET", "/apps/{app_slug}", _get_by_slug),
    Route("GET", "/app/installations", _installations),
    Route("GET", "/app/installations/{installation_id}", _get_installation),
    Route("POST", "/app/installations/{installation_id}/access_tokens", _new_token),
    Route("GET", "/orgs/{org}/installation", _of_organisation),
    Route("GET", "/installation/repositories", _repositories, ("metadata", "read")),
)
