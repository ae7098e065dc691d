"""laik's door behind a real server on loopback, and what a forge sends to it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import requests
import uvicorn

from automation.queue.memory import KeyedQueue
from automation.store import open_store
from automation.web.app import Silence, WebhookHint, create_app

SECRET = "rahasia-kait"
KEY = b"kunci-penanda-tangan-32-bita-ya!"
SIGNING = "whsec_" + base64.b64encode(KEY).decode()
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
LIMIT = 20_000


class Site:
    """laik's door, running; what it queued is in ``queue``."""

    def __init__(
        self,
        folder: Path,
        *,
        secrets: Sequence[str] = (SECRET,),
        body_limit: int = LIMIT,
        body_seconds: float = 10.0,
        silence: Silence | None = None,
    ) -> None:
        folder.mkdir(exist_ok=True)
        self.queue = KeyedQueue()
        self.store = open_store(f"sqlite:///{folder / 'laik.db'}")
        self.located: list[WebhookHint] = []
        application = create_app(
            secrets=secrets,
            locate=self.locate,
            queue=self.queue,
            deliveries=self.store.deliveries,
            clock=lambda: NOW,
            silence=silence,
            body_limit=body_limit,
            body_seconds=body_seconds,
        )
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.server = uvicorn.Server(uvicorn.Config(application, log_config=None, lifespan="off"))
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)
        self.thread.start()
        while not self.server.started:
            time.sleep(0.005)
        self.port = self.socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def locate(self, hint: WebhookHint) -> str | None:
        self.located.append(hint)
        if hint.project_id == 66:
            raise RuntimeError("sqlite://laik:sandi-basis-data@db")
        return f"PA-2026-{hint.iid:04}" if hint.iid else None

    def send(
        self, body: bytes | None = None, *, secret: str | None = SECRET, **headers: str
    ) -> requests.Response:
        """A delivery of GitLab with a secret token."""
        if secret is not None:
            headers["X-Gitlab-Token"] = secret
        return self.post("gitlab", issue(1) if body is None else body, headers)

    def post(self, forge: str, body: bytes | Iterable[bytes], headers: dict[str, str]) -> requests.Response:
        return requests.post(f"{self.url}/webhook/{forge}", data=body, headers=headers, timeout=30)

    def github(
        self, body: bytes, *, event: str = "issues", secret: str = SECRET, delivery: str = ""
    ) -> requests.Response:
        """A delivery of GitHub, signed."""
        headers = {"X-GitHub-Event": event, "X-Hub-Signature-256": github_signature(body, secret)}
        return self.post("github", body, {**headers, "X-GitHub-Delivery": delivery} if delivery else headers)

    def signed(self, body: bytes, **changes: str) -> requests.Response:
        """A delivery of GitLab with a signature."""
        return self.post("gitlab", body, gitlab_headers(body, **changes))

    def health(self) -> dict[str, object]:
        told: dict[str, object] = requests.get(f"{self.url}/sehat", timeout=10).json()
        return told

    def waiting(self) -> list[str]:
        found = []
        while (key := self.queue.get(0)) is not None:
            self.queue.done(key)
            found.append(key)
        return found

    def close(self) -> None:
        self.server.should_exit = True
        self.thread.join()
        self.socket.close()
        self.store.close()


def issue(iid: int, *, project: int = 5, **more: object) -> bytes:
    about = {"object_kind": "issue", "project": {"id": project}, "object_attributes": {"iid": iid}}
    return json.dumps({**about, **more}).encode()


def github_issue(number: int, *, repository: int = 5, **more: object) -> bytes:
    about = {"action": "opened", "repository": {"id": repository}, "issue": {"number": number}}
    return json.dumps({**about, **more}).encode()


def github_signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def gitlab_signature(name: str, stamp: str, body: bytes, key: bytes = KEY) -> str:
    made = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode()


def gitlab_headers(
    body: bytes, *, name: str = "d-1", at: datetime = NOW, key: bytes = KEY, signature: str | None = None
) -> dict[str, str]:
    stamp = str(int(at.timestamp()))
    made = gitlab_signature(name, stamp, body, key) if signature is None else signature
    return {"webhook-id": name, "webhook-timestamp": stamp, "webhook-signature": made}
