"""Classic branch protection: what a request says, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automation.localforge import apps, users
from automation.localforge.githubdialect import render, rendergit
from automation.localforge.githubdialect.call import Call, mistyped, refused
from automation.localforge.githubdialect.installed import app_json
from automation.localforge.records import Project

__all__ = ["branch_facts", "facts_of", "protection_json"]

Facts = Mapping[str, Any]

_NEEDED = ("required_status_checks", "enforce_admins", "required_pull_request_reviews", "restrictions")
_FLAGS = (
    "required_linear_history",
    "allow_force_pushes",
    "allow_deletions",
    "block_creations",
    "required_conversation_resolution",
    "lock_branch",
    "allow_fork_syncing",
)


# -- in ----------------------------------------------------------------------------------------------


def facts_of(call: Call, body: Facts | None = None) -> dict[str, Any]:
    """The protection that a request's body asks for; 422 where its four main keys are not all there."""
    told = call.body if body is None else body
    missing = [key for key in _NEEDED if key not in told]
    if missing:
        wanted = "\n".join(f'"{key}" wasn\'t supplied.' for key in missing)
        raise refused(422, f"Invalid request.\n\n{wanted}")
    facts: dict[str, Any] = {key: _flag(told, key) for key in _FLAGS}
    facts["enforce_admins"] = _flag(told, "enforce_admins")
    facts["required_status_checks"] = _checks(told["required_status_checks"])
    facts["required_pull_request_reviews"] = _reviews(told["required_pull_request_reviews"])
    facts["restrictions"] = _names("restrictions", told["restrictions"], needed=("users", "teams"))
    return facts


def _flag(told: Facts, key: str) -> bool:
    value = told.get(key)
    if value is None or isinstance(value, bool):
        return bool(value)
    raise mistyped(key, value, "a boolean")


def _object(name: str, value: Any) -> Facts | None:
    if value is None or isinstance(value, Mapping):
        return value
    raise mistyped(name, value, "an object or null")


def _checks(value: Any) -> dict[str, Any] | None:
    """``contexts`` and ``checks`` exclude each other (measured: ossf/allstar#155, google/go-github#2276)."""
    told = _object("required_status_checks", value)
    if told is None:
        return None
    contexts, checks = told.get("contexts"), told.get("checks")
    if (contexts is None) == (checks is None) or not isinstance(told.get("strict", False), bool):
        raise refused(
            422,
            'Invalid request.\n\nMore than one subschema in "oneOf" matched.',
        )
    rows = checks if checks is not None else [{"context": one} for one in contexts or ()]
    return {"strict": bool(told.get("strict")), "checks": [_check(row) for row in rows]}


def _check(row: Any) -> dict[str, Any]:
    if not isinstance(row, Mapping) or not isinstance(row.get("context"), str):
        raise mistyped("checks/items", row, "an object with a context")
    app = row.get("app_id")
    if app is not None and (isinstance(app, bool) or not isinstance(app, int)):
        raise mistyped("checks/items/app_id", app, "an integer")
    return {"context": row["context"], "app_id": None if app == -1 else app}


def _reviews(value: Any) -> dict[str, Any] | None:
    told = _object("required_pull_request_reviews", value)
    if told is None:
        return None
    count = told.get("required_approving_review_count", 1)
    if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= 6:
        raise refused(422, "Invalid request.\n\nrequired_approving_review_count must be between 0 and 6.")
    allowed = _names("bypass_pull_request_allowances", told.get("bypass_pull_request_allowances"))
    return {
        "dismiss_stale_reviews": _flag(told, "dismiss_stale_reviews"),
        "require_code_owner_reviews": _flag(told, "require_code_owner_reviews"),
        "require_last_push_approval": _flag(told, "require_last_push_approval"),
        "required_approving_review_count": count,
        "bypass_pull_request_allowances": allowed,
    }


def _names(name: str, value: Any, needed: tuple[str, ...] = ()) -> dict[str, list[str]] | None:
    told = _object(name, value)
    if told is None:
        return None
    if any(key not in told for key in needed):
        raise refused(422, f'Invalid request.\n\nFor \'properties/{name}\', "users" and "teams" are needed.')
    found: dict[str, list[str]] = {}
    for key in ("users", "teams", "apps"):
        rows = told.get(key) or []
        if not isinstance(rows, list) or not all(isinstance(one, str) for one in rows):
            raise mistyped(f"{name}/{key}", rows, "an array of strings")
        found[key] = rows
    return found


# -- out ---------------------------------------------------------------------------------------------


def branch_facts(facts: Facts | None) -> dict[str, Any]:
    """The short form inside a branch."""
    checks = facts["required_status_checks"] if facts else None
    level = "off" if not checks else "everyone" if facts and facts["enforce_admins"] else "non_admins"
    rows = checks["checks"] if checks else []
    shown = {"enforcement_level": level, "contexts": [one["context"] for one in rows], "checks": rows}
    return {"enabled": facts is not None, "required_status_checks": shown}


def protection_json(call: Call, project: Project, branch: str, facts: Facts) -> dict[str, Any]:
    """The whole protection; parts that are not set are left out, as GitHub does."""
    root = f"{rendergit.api(call.engine, project)}/branches/{rendergit.branch_name_url(branch)}/protection"
    shown: dict[str, Any] = {"url": root}
    if facts["required_status_checks"] is not None:
        shown["required_status_checks"] = _checks_json(root, facts["required_status_checks"])
    if facts["required_pull_request_reviews"] is not None:
        shown["required_pull_request_reviews"] = _reviews_json(call, root, facts)
    if facts["restrictions"] is not None:
        place = f"{root}/restrictions"
        links = {f"{key}_url": f"{place}/{key}" for key in ("users", "teams", "apps")}
        shown["restrictions"] = {"url": place, **links, **_people(call, facts["restrictions"])}
    shown["required_signatures"] = {"url": f"{root}/required_signatures", "enabled": False}
    shown["enforce_admins"] = {"url": f"{root}/enforce_admins", "enabled": facts["enforce_admins"]}
    return {**shown, **{key: {"enabled": facts[key]} for key in _FLAGS}}


def _checks_json(root: str, checks: Facts) -> dict[str, Any]:
    place = f"{root}/required_status_checks"
    return {
        "url": place,
        "strict": checks["strict"],
        "contexts": [one["context"] for one in checks["checks"]],
        "contexts_url": f"{place}/contexts",
        "checks": checks["checks"],
    }


def _reviews_json(call: Call, root: str, facts: Facts) -> dict[str, Any]:
    reviews = dict(facts["required_pull_request_reviews"])
    allowed = reviews.pop("bypass_pull_request_allowances")
    if allowed is not None:
        reviews["bypass_pull_request_allowances"] = _people(call, allowed)
    return {"url": f"{root}/required_pull_request_reviews", **reviews}


def _people(call: Call, named: Facts) -> dict[str, Any]:
    """Accounts and apps as they are now; those that are gone are left out."""
    accounts = [users.find_user(call.engine, login) for login in named["users"]]
    found = [apps.find_app(call.engine, slug) for slug in named["apps"]]
    return {
        "users": [render.user(call.engine, one) for one in accounts if one],
        "teams": [],
        "apps": [_app(call, one) for one in found if one],
    }


_APP_PERMISSIONS = {"metadata", "contents", "issues", "single_file"}


def _app(call: Call, app: apps.App) -> dict[str, Any]:
    """An App as a restriction tells of it: less of it, and no null."""
    shown = app_json(call, app)
    kept = {name: level for name, level in shown["permissions"].items() if name in _APP_PERMISSIONS}
    return {**shown, "description": shown["description"] or "", "permissions": kept}
