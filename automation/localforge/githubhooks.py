"""Webhooks as GitHub keeps and sends them: signed, one attempt each, every attempt on record.

Sources: docs.github.com/webhooks/webhook-events-and-payloads#delivery-headers (headers, 25 MB),
/webhooks/using-webhooks/handling-failed-webhook-deliveries (no redelivery by itself, by hand within three
days, 10 seconds to answer). A hook is never switched off for failing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from automation.localforge import githubpayloads
from automation.localforge.courier import Answer, Courier
from automation.localforge.engine import Engine
from automation.localforge.events import Event

__all__ = ["GitHubHook", "GitHubSender", "PastDelivery", "hook_by_id", "hooks_of", "past_deliveries"]

LARGEST_PAYLOAD = 25 * 1024 * 1024
_KEPT = 200
_AGENT = "GitHub-Hookshot/1a1k001"


@dataclass(frozen=True, slots=True)
class GitHubHook:
    """A webhook; its ``secret`` is never shown. ``events`` is a JSON list; ``last_*`` the last answer."""

    id: int
    project_id: int
    url: str
    content_type: str
    secret: str | None
    insecure_ssl: bool
    events: str
    active: bool
    last_code: int | None
    last_status: str
    last_message: str | None
    created_at: str
    updated_at: str

    @property
    def wanted(self) -> list[str]:
        """The events that it wants; ``*`` for all."""
        found: list[str] = json.loads(self.events)
        return found


@dataclass(frozen=True, slots=True)
class PastDelivery:
    """One attempt, with what was sent and answered (JSON of headers; texts)."""

    id: int
    hook_id: int
    guid: str
    event: str
    action: str | None
    redelivery: bool
    delivered_at: str
    duration: float
    status_code: int
    request_headers: str
    payload: str
    response_headers: str
    response_body: str


@dataclass(frozen=True, slots=True)
class _Letter:
    hook_id: int
    event: str
    guid: str
    payload: str
    redelivery: bool = False


def hooks_of(engine: Engine, project_id: int) -> list[GitHubHook]:
    """All webhooks of a repository."""
    return engine.store.all(
        GitHubHook, "SELECT * FROM github_hooks WHERE project_id = ? ORDER BY id", project_id
    )


def hook_by_id(engine: Engine, hook_id: int) -> GitHubHook | None:
    """The webhook with that id, or None."""
    return engine.store.one(GitHubHook, "SELECT * FROM github_hooks WHERE id = ?", hook_id)


def past_deliveries(engine: Engine, hook_id: int) -> list[PastDelivery]:
    """What was sent to a webhook, newest first."""
    return engine.store.all(
        PastDelivery, "SELECT * FROM github_deliveries WHERE hook_id = ? ORDER BY id DESC", hook_id
    )


class GitHubSender(Courier[_Letter]):
    """Delivers the engine's events to the hooks of their repository, in GitHub's shapes."""

    def __init__(self, engine: Engine, *, timeout_seconds: float = 10.0) -> None:
        self._engine = engine
        super().__init__(timeout_seconds=timeout_seconds)

    def prepare(self, project_id: int, event: Event) -> Callable[[], None] | None:
        """The step that sends the event's payloads, as things are now, to the hooks that want them."""
        hooks = [hook for hook in hooks_of(self._engine, project_id) if hook.active]
        if not hooks:
            return None
        letters: list[_Letter] = []
        for name, payload in githubpayloads.render(self._engine, event):
            wanting = [hook for hook in hooks if {name, "*"} & set(hook.wanted)]
            letters += _letters(wanting, name, payload)
        return partial(self.put, letters) if letters else None

    def ping(self, hook: GitHubHook, payload: Mapping[str, Any]) -> None:
        """Send a ping once the current transaction stands, whatever events the hook wants."""
        self._engine.store.afterwards(partial(self.put, _letters([hook], "ping", payload)))

    def redeliver(self, past: PastDelivery) -> None:
        """Send what was sent before once more, under the same GUID."""
        letter = _Letter(past.hook_id, past.event, past.guid, past.payload, redelivery=True)
        self._engine.store.afterwards(partial(self.put, [letter]))

    def _handle(self, letter: _Letter) -> None:
        # Read anew: somebody may have deleted it or changed its address or secret.
        hook = hook_by_id(self._engine, letter.hook_id)
        if hook is None:
            return
        body = _body(hook, letter.payload)
        headers = self._headers(hook, letter, body)
        answer = self._post(hook.id, hook.url, body, headers, verify=not hook.insecure_ssl)
        self._record(hook, letter, headers, answer)

    def _headers(self, hook: GitHubHook, letter: _Letter, body: bytes) -> dict[str, str]:
        form = hook.content_type == "form"
        headers = {
            "Accept": "*/*",
            "Content-Type": "application/x-www-form-urlencoded" if form else "application/json",
            "User-Agent": _AGENT,
            "X-GitHub-Delivery": letter.guid,
            "X-GitHub-Event": letter.event,
            "X-GitHub-Hook-ID": str(hook.id),
            "X-GitHub-Hook-Installation-Target-ID": str(hook.project_id),
            "X-GitHub-Hook-Installation-Target-Type": "repository",
        }
        if hook.secret:
            key = hook.secret.encode()
            headers["X-Hub-Signature"] = "sha1=" + hmac.new(key, body, hashlib.sha1).hexdigest()
            headers["X-Hub-Signature-256"] = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
        return headers

    def _record(self, hook: GitHubHook, letter: _Letter, headers: Mapping[str, str], answer: Answer) -> None:
        store = self._engine.store
        with store.transaction():
            store.insert(
                "github_deliveries",
                hook_id=hook.id,
                guid=letter.guid,
                event=letter.event,
                action=json.loads(letter.payload).get("action"),
                redelivery=letter.redelivery,
                delivered_at=self._engine.now(),
                duration=answer.seconds,
                status_code=answer.status,
                request_headers=json.dumps(headers),
                payload=letter.payload,
                response_headers=json.dumps(dict(answer.headers)),
                response_body=answer.body.decode("utf-8", "replace"),
            )
            store.run(
                "DELETE FROM github_deliveries WHERE hook_id = ? AND id NOT IN"
                " (SELECT id FROM github_deliveries WHERE hook_id = ? ORDER BY id DESC LIMIT ?)",
                hook.id,
                hook.id,
                _KEPT,
            )
            store.update("github_hooks", hook.id, **_last(answer))


def _letters(hooks: list[GitHubHook], event: str, payload: Mapping[str, Any]) -> list[_Letter]:
    """One letter a hook, each with a GUID of its own; nothing at all above GitHub's largest size."""
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    if not hooks or len(text.encode("utf-8", "replace")) > LARGEST_PAYLOAD:
        return []
    return [_Letter(hook.id, event, str(uuid.uuid4()), text) for hook in hooks]


def _body(hook: GitHubHook, payload: str) -> bytes:
    if hook.content_type == "form":
        return urlencode({"payload": payload}, errors="replace").encode()
    return payload.encode("utf-8", "replace")


def _last(answer: Answer) -> dict[str, Any]:
    """What the hook shows as its last response."""
    if answer.fine:
        return {"last_code": answer.status, "last_status": "active", "last_message": "OK"}
    if answer.status == 0:
        told = "failed to connect to host"
        return {"last_code": 502, "last_status": "connection_error", "last_message": told}
    told = f"Invalid HTTP Response: {answer.status}"
    return {"last_code": answer.status, "last_status": "misconfigured", "last_message": told}
