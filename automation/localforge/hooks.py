"""Webhooks as a project's settings (sending them is ``webhooks``)."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from typing import Any

from automation.localforge.engine import Engine
from automation.localforge.records import Hook
from automation.localforge.refusals import not_found, refused
from automation.localforge.webhooks import is_hook_url

FLAGS = (
    "push_events",
    "issues_events",
    "note_events",
    "merge_requests_events",
    "pipeline_events",
    "enable_ssl_verification",
)


def _columns(facts: Mapping[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {key: bool(facts[key]) for key in FLAGS if facts.get(key) is not None}
    if "token" in facts:
        columns["token"] = facts["token"] or None
    columns |= {key: str(facts[key]) for key in ("name", "description") if facts.get(key) is not None}
    if facts.get("signing_token") is not None:
        columns["signing_token"] = _signing_token(str(facts["signing_token"]))
    if "url" in facts:
        if not is_hook_url(str(facts["url"])):
            raise refused(422, "Invalid url given")
        columns["url"] = str(facts["url"])
    return columns


def _signing_token(text: str) -> str | None:
    """GitLab's form, ``whsec_`` and 32 bytes in base64 (gitlab-org/gitlab!231325); empty takes it away."""
    try:
        fits = text.startswith("whsec_") and len(b64decode(text.removeprefix("whsec_"), validate=True)) == 32
    except ValueError:
        fits = False
    if text and not fits:
        raise refused(422, {"signing_token": ["must be in whsec_<base64> format encoding a 32-byte key"]})
    return text or None


def create_hook(engine: Engine, project_id: int, facts: Mapping[str, Any]) -> Hook:
    """A new webhook; ``facts`` as in GitLab's request, push events on unless switched off."""
    hook_id = engine.store.insert("hooks", project_id=project_id, created_at=engine.now(), **_columns(facts))
    return get_hook(engine, project_id, hook_id)


def get_hook(engine: Engine, project_id: int, hook_id: int) -> Hook:
    """The webhook with that id; 404 when it is not this project's."""
    found = engine.store.one(Hook, "SELECT * FROM hooks WHERE project_id = ? AND id = ?", project_id, hook_id)
    if found is None:
        raise not_found()
    return found


def list_hooks(engine: Engine, project_id: int) -> list[Hook]:
    """All webhooks of a project."""
    return engine.store.all(Hook, "SELECT * FROM hooks WHERE project_id = ? ORDER BY id", project_id)


def update_hook(engine: Engine, hook: Hook, changes: Mapping[str, Any]) -> Hook:
    """Change a webhook; it is enabled again where failures had disabled it."""
    engine.store.update("hooks", hook.id, failures=0, disabled_until=None, **_columns(changes))
    return get_hook(engine, hook.project_id, hook.id)


def delete_hook(engine: Engine, hook: Hook) -> None:
    """Delete a webhook."""
    engine.store.run("DELETE FROM hooks WHERE id = ?", hook.id)
