"""Routes: webhooks, their pings and deliveries (docs.github.com/rest/repos/webhooks)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from automation.localforge import githubpayloads
from automation.localforge.courier import is_hook_url
from automation.localforge.engine import Engine
from automation.localforge.githubdialect import rendergit
from automation.localforge.githubdialect.call import (
    ADMIN,
    Call,
    Reply,
    Route,
    Rows,
    mistyped,
    not_found,
    refused,
)
from automation.localforge.githubhooks import (
    GitHubHook,
    GitHubSender,
    PastDelivery,
    hook_by_id,
    hooks_of,
    past_deliveries,
)
from automation.localforge.permissions import project_level
from automation.localforge.records import Project
from automation.localforge.refusals import Refusal

_SECRET_SHOWN = "********"  # noqa: S105 - what is shown in a secret's place
_CONTENT_TYPES = {"json", "form"}
_OK_SECURE = {"0", 0, "1", 1}


def _administered(call: Call) -> Project:
    """Hooks are for who administers the repository; to all others they are not there."""
    project = call.project()
    if project_level(call.engine, call.user, project) < ADMIN:
        raise not_found()
    return project


def _hook(call: Call) -> tuple[Project, GitHubHook]:
    project = _administered(call)
    found = hook_by_id(call.engine, call.number("hook_id"))
    if found is None or found.project_id != project.id:
        raise not_found()
    return project, found


def hook_json(engine: Engine, project: Project, hook: GitHubHook) -> dict[str, Any]:
    """A webhook; of its secret only that there is one."""
    place = f"{rendergit.api(engine, project)}/hooks/{hook.id}"
    return {
        "type": "Repository",
        "id": hook.id,
        "name": "web",
        "active": hook.active,
        "events": hook.wanted,
        "config": config_json(hook),
        "updated_at": rendergit.short(hook.updated_at),
        "created_at": rendergit.short(hook.created_at),
        "url": place,
        "test_url": f"{place}/test",
        "ping_url": f"{place}/pings",
        "deliveries_url": f"{place}/deliveries",
        "last_response": {
            "code": hook.last_code,
            "status": hook.last_status,
            "message": hook.last_message,
        },
    }


def config_json(hook: GitHubHook) -> dict[str, Any]:
    """The configuration, with stars for the secret."""
    facts = {
        "content_type": hook.content_type,
        "insecure_ssl": "1" if hook.insecure_ssl else "0",
        "url": hook.url,
    }
    return {**facts, "secret": _SECRET_SHOWN} if hook.secret else facts


def _columns(given: Any, standing: GitHubHook | None) -> dict[str, Any]:
    """The columns that a ``config`` sets. A secret that is left out of it is removed, as GitHub does."""
    if not isinstance(given, Mapping):
        raise mistyped("config", given, "an object")
    url = given.get("url", standing.url if standing else None)
    if not isinstance(url, str) or not is_hook_url(url):
        raise _failed("url is not a valid URL" if url else "url cannot be blank")
    kind = given.get("content_type", standing.content_type if standing else "form")
    secure = given.get("insecure_ssl", "0")
    if kind not in _CONTENT_TYPES or isinstance(secure, bool) or secure not in _OK_SECURE:
        raise _failed("config is invalid")
    secret = given.get("secret")
    if secret is not None and not isinstance(secret, str):
        raise mistyped("config/secret", secret, "a string")
    if secret == _SECRET_SHOWN and standing:
        secret = standing.secret
    return {
        "url": url,
        "content_type": kind,
        "insecure_ssl": str(secure) == "1",
        "secret": secret or None,
    }


def _failed(message: str) -> Refusal:
    return refused(422, "Validation Failed", [{"resource": "Hook", "code": "custom", "message": message}])


def _check_events(events: list[str]) -> list[str]:
    unknown = [one for one in events if not one.replace("_", "").isalpha() and one != "*"]
    if unknown:
        raise _failed(f"These events aren't valid: {', '.join(unknown)[:100]}")
    return list(dict.fromkeys(events))


def _refuse_double(call: Call, project: Project, columns: Mapping[str, Any], events: list[str]) -> None:
    """Two hooks with one address that share an event are one too many (measured)."""
    for other in hooks_of(call.engine, project.id):
        if other.url == columns["url"] and (set(other.wanted) & set(events) or "*" in other.wanted):
            raise _failed("Hook already exists on this repository")


def _list_hooks(call: Call) -> Any:
    project = _administered(call)
    return Rows(hooks_of(call.engine, project.id), lambda row: hook_json(call.engine, project, row))


def _create_hook(call: Call) -> Any:
    project = _administered(call)
    if call.text("name") not in {None, "web"}:
        raise _failed("name must be web")
    columns = _columns(call.body.get("config"), None)
    events = _check_events(call.texts("events") or ["push"])
    _refuse_double(call, project, columns, events)
    now = call.engine.now()
    hook_id = call.engine.store.insert(
        "github_hooks",
        project_id=project.id,
        events=json.dumps(events),
        active=call.flag("active", True),
        created_at=now,
        updated_at=now,
        **columns,
    )
    made = hook_by_id(call.engine, hook_id)
    if made is None:  # pragma: no cover - made just above
        raise not_found()
    _send_ping(call, project, made)
    return hook_json(call.engine, project, made)


def _send_ping(call: Call, project: Project, hook: GitHubHook) -> None:
    sender = call.engine.sender
    if isinstance(sender, GitHubSender) and hook.active:
        shown = hook_json(call.engine, project, hook)
        sender.ping(hook, githubpayloads.ping(call.engine, project, call.actor, shown))


def _get_hook(call: Call) -> Any:
    return hook_json(call.engine, *_hook(call))


def _update_hook(call: Call) -> Any:
    project, hook = _hook(call)
    events = call.texts("events")
    wanted = hook.wanted if events is None else events
    removed = call.texts("remove_events") or []
    wanted = [one for one in [*wanted, *(call.texts("add_events") or [])] if one not in removed]
    changes: dict[str, Any] = {"events": json.dumps(_check_events(wanted)), "updated_at": call.engine.now()}
    if "config" in call.body:
        changes |= _columns(call.body["config"], hook)
    if call.flag("active") is not None:
        changes["active"] = call.flag("active")
    call.engine.store.update("github_hooks", hook.id, **changes)
    return hook_json(call.engine, project, hook_by_id(call.engine, hook.id) or hook)


def _delete_hook(call: Call) -> Any:
    _, hook = _hook(call)
    call.engine.store.run("DELETE FROM github_deliveries WHERE hook_id = ?", hook.id)
    call.engine.store.run("DELETE FROM github_hooks WHERE id = ?", hook.id)


def _ping_hook(call: Call) -> Any:
    project, hook = _hook(call)
    _send_ping(call, project, hook)


def _get_config(call: Call) -> Any:
    return config_json(_hook(call)[1])


def _update_config(call: Call) -> Any:
    """Here, other than with the whole hook, a secret that is left out stays."""
    _, hook = _hook(call)
    standing = {"secret": hook.secret, "insecure_ssl": "1" if hook.insecure_ssl else "0"}
    columns = _columns({**standing, **call.body}, hook)
    call.engine.store.update("github_hooks", hook.id, **columns, updated_at=call.engine.now())
    return config_json(hook_by_id(call.engine, hook.id) or hook)


# -- deliveries --------------------------------------------------------------------------------------


def _delivery_json(project: Project, row: PastDelivery) -> dict[str, Any]:
    fine = 200 <= row.status_code < 300
    failed = (
        "failed to connect to host" if row.status_code == 0 else f"Invalid HTTP Response: {row.status_code}"
    )
    return {
        "id": row.id,
        "guid": row.guid,
        "delivered_at": rendergit.short(row.delivered_at),
        "redelivery": row.redelivery,
        "duration": row.duration,
        "status": "OK" if fine else failed,
        "status_code": row.status_code,
        "event": row.event,
        "action": row.action,
        "installation_id": None,
        "repository_id": project.id,
        "throttled_at": None,
    }


def _list_deliveries(call: Call) -> Any:
    """The newest first; ``cursor`` paging is not spoken here, 100 at most are shown."""
    project, hook = _hook(call)
    size = call.asked("per_page") or "30"
    rows = past_deliveries(call.engine, hook.id)[: max(1, min(int(size) if size.isdigit() else 30, 100))]
    return Reply(200, [_delivery_json(project, row) for row in rows])


def _delivery(call: Call) -> tuple[Project, PastDelivery]:
    project, hook = _hook(call)
    wanted = call.number("delivery_id")
    for row in past_deliveries(call.engine, hook.id):
        if row.id == wanted:
            return project, row
    raise not_found()


def _get_delivery(call: Call) -> Any:
    project, row = _delivery(call)
    return {
        **_delivery_json(project, row),
        "url": hook_url(call),
        "request": {"headers": json.loads(row.request_headers), "payload": json.loads(row.payload)},
        "response": {"headers": json.loads(row.response_headers), "payload": row.response_body},
    }


def hook_url(call: Call) -> str:
    """The address that the hook sends to."""
    return _hook(call)[1].url


def _redeliver(call: Call) -> Any:
    _, row = _delivery(call)
    sender = call.engine.sender
    if isinstance(sender, GitHubSender):
        sender.redeliver(row)
    return Reply(202, {})


_H = "/repos/{owner}/{repo}/hooks"
_D = f"{_H}/{{hook_id}}/deliveries"
ROUTES: tuple[Route, ...] = (
    Route("GET", _H, _list_hooks, ("repository_hooks", "read")),
    Route("POST", _H, _create_hook, ("repository_hooks", "write")),
    Route("GET", f"{_H}/{{hook_id}}", _get_hook, ("repository_hooks", "read")),
    Route("PATCH", f"{_H}/{{hook_id}}", _update_hook, ("repository_hooks", "write")),
    Route("DELETE", f"{_H}/{{hook_id}}", _delete_hook, ("repository_hooks", "write")),
    Route("POST", f"{_H}/{{hook_id}}/pings", _ping_hook, ("repository_hooks", "read")),
    Route("GET", f"{_H}/{{hook_id}}/config", _get_config, ("repository_hooks", "read")),
    Route("PATCH", f"{_H}/{{hook_id}}/config", _update_config, ("repository_hooks", "write")),
    Route("GET", _D, _list_deliveries, ("repository_hooks", "read")),
    Route("GET", f"{_D}/{{delivery_id}}", _get_delivery, ("repository_hooks", "read")),
    Route("POST", f"{_D}/{{delivery_id}}/attempts", _redeliver, ("repository_hooks", "write")),
)
