"""Proofs that a webhook was sent by the forge: secret token, signing token (GitLab), signature (GitHub).

Rules:

- Several secrets may stand side by side while one is being exchanged; each opens the door.
- Once a GitLab signing token (``whsec_...``) is among them, the plain secret token opens nothing any more:
  it travels in every delivery and says nothing about the body, so whoever saw one delivery could send others.
  To change over, give the hooks their signing token first (GitLab then sends both), then laik.
- A signature is made over the bytes as they came, never over JSON written anew.
- Every comparison goes through :func:`hmac.compare_digest`, over digests of one length and without leaving
  early: else the answer's delay would tell a secret byte by byte, or how long it is.

Sources: docs.gitlab.com/user/project/integrations/webhooks (``webhook-signature: v1,<base64>`` over
``{webhook-id}.{webhook-timestamp}.{body}``, as the Standard Webhooks specification has it) and
docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries (``X-Hub-Signature-256``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from automation.core.errors import LaikError, Where
from automation.core.text import Bilingual

SIGNING_PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)
SHORTEST_KEY = 24  # bytes, as the Standard Webhooks specification asks; GitLab makes 32
MOST_SIGNATURES = 16
_GITHUB_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}", re.ASCII)
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)

Headers = Mapping[str, str]


class UnusableSecret(LaikError):
    """A signing token that is no signing token; its text is never repeated."""


class Seal(Protocol):
    """What one forge proves itself by."""

    def may_read(self, headers: Headers, now: datetime) -> bool:
        """Whether the headers alone allow the body to be read at all."""
        ...

    def holds(self, headers: Headers, body: bytes) -> bool:
        """Whether this very body was sent by the forge; asked after :meth:`may_read` said yes."""
        ...

    def delivery_headers(self) -> tuple[str, ...]:
        """Headers that name a delivery, the best first."""
        ...


@dataclass(frozen=True, slots=True)
class GitLabSeal:
    """``tokens`` are plain secrets, ``keys`` decoded signing tokens; see the module for who opens what."""

    tokens: tuple[bytes, ...] = field(repr=False)
    keys: tuple[bytes, ...] = field(repr=False)

    def may_read(self, headers: Headers, now: datetime) -> bool:
        """Without a signing token the secret token decides; with one, a fresh and complete signature may try.

        An old timestamp is a replay: the sender may have seen the delivery, but did not make it now.
        """
        if not self.keys:
            return _one_of(_bytes(headers.get("x-gitlab-token", "")), self.tokens)
        stamp = headers.get("webhook-timestamp", "")
        if not _TIMESTAMP.fullmatch(stamp) or not headers.get("webhook-id"):
            return False
        fresh = abs(now.timestamp() - int(stamp)) <= TOLERANCE.total_seconds()
        return fresh and bool(_signatures(headers))

    def holds(self, headers: Headers, body: bytes) -> bool:
        """One of the signatures was made with one of the keys; a plain token was judged before."""
        if not self.keys:
            return True
        named = _bytes(f"{headers.get('webhook-id', '')}.{headers.get('webhook-timestamp', '')}.")
        made = [hmac.new(key, named + body, hashlib.sha256).digest() for key in self.keys]
        held = False
        for given in _signatures(headers):
            held |= _one_of(given, made)
        return held

    def delivery_headers(self) -> tuple[str, ...]:
        """Of signed deliveries only the id under the signature: the others could be written anew."""
        return ("webhook-id",) if self.keys else ("idempotency-key", "webhook-id", "x-gitlab-event-uuid")


@dataclass(frozen=True, slots=True)
class GitHubSeal:
    """``keys`` are the hooks' secrets as they were typed.

    GitHub signs no time: a captured delivery can be sent again for ever. It then says no more than *look at
    this case*, and its ``X-GitHub-Delivery``, which stands outside the signature, is an economy only.
    """

    keys: tuple[bytes, ...] = field(repr=False)

    def may_read(self, headers: Headers, now: datetime) -> bool:
        """Whether there is anything to compare with; the signature itself needs the body."""
        return bool(self.keys) and _GITHUB_SIGNATURE.fullmatch(headers.get(SIGNATURE, "")) is not None

    def holds(self, headers: Headers, body: bytes) -> bool:
        """The signature was made over these bytes with one of the keys."""
        made = [hmac.new(key, body, hashlib.sha256).digest() for key in self.keys]
        return _one_of(bytes.fromhex(headers[SIGNATURE].removeprefix("sha256=")), made)

    def delivery_headers(self) -> tuple[str, ...]:
        """The forge's name for a delivery; a redelivery keeps it."""
        return ("x-github-delivery",)


SIGNATURE = "x-hub-signature-256"


def gitlab_seal(secrets: Iterable[str]) -> GitLabSeal:
    """The seal made of an installation's secrets; without any it admits nobody.

    Raises:
        UnusableSecret: a ``whsec_`` secret that is not base64 of 24 bytes or more.
    """
    given = [one for one in secrets if one]
    signing = [one for one in given if one.startswith(SIGNING_PREFIX)]
    return GitLabSeal(
        tokens=tuple(one.encode() for one in given if not one.startswith(SIGNING_PREFIX)),
        keys=tuple(_key(one) for one in signing),
    )


def github_seal(secrets: Iterable[str]) -> GitHubSeal:
    """The seal made of an installation's secrets, each taken as it is; without any it admits nobody."""
    return GitHubSeal(tuple(one.encode() for one in secrets if one))


def _one_of(given: bytes, wanted: Iterable[bytes]) -> bool:
    """Compare with each, in a time that depends on none of them."""
    digest = hashlib.sha256(given).digest()
    found = False
    for one in wanted:
        found |= hmac.compare_digest(digest, hashlib.sha256(one).digest())
    return found


def _signatures(headers: Headers) -> list[bytes]:
    """The ``v1`` signatures, decoded; what is none is left out, and so are more than a rotation needs."""
    found = []
    for one in headers.get("webhook-signature", "").split()[:MOST_SIGNATURES]:
        version, _, text = one.partition(",")
        if version == "v1" and (decoded := _decoded(text)) is not None:
            found.append(decoded)
    return found


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _bytes(header: str) -> bytes:
    """A header as it came over the wire: servers hand latin-1, which keeps every byte."""
    return header.encode("latin-1", "replace")


def _key(secret: str) -> bytes:
    key = _decoded(secret.removeprefix(SIGNING_PREFIX))
    if key is None or len(key) < SHORTEST_KEY:
        raise UnusableSecret(
            Bilingual(
                f"Rahasia webhook berawalan {SIGNING_PREFIX} tetapi bukan token penanda tangan GitLab.",
                f"A webhook secret starts with {SIGNING_PREFIX} but is no signing token of GitLab.",
            ),
            remedy=Bilingual(
                f"Salin token itu utuh dari GitLab: {SIGNING_PREFIX} diikuti base64 dari 24 bita atau lebih.",
                f"Copy the token whole from GitLab: {SIGNING_PREFIX} and base64 of 24 bytes or more.",
            ),
            where=Where(file="LAIK_HOOK_SECRET_FILE"),
        )
    return key
