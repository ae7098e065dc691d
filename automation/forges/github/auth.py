"""How laik signs in to GitHub: with a token, or as a GitHub App whose tokens live for an hour."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import jwt
import requests

from automation.core.errors import ForgeRefused, LaikError
from automation.core.text import Bilingual
from automation.forges.github.session import (
    API_VERSION,
    CONNECT_SECONDS,
    JSON,
    READ_SECONDS,
    Credentials,
    refused,
    unreachable,
)
from automation.forges.wire import Wire

# GitHub takes at most ten minutes, and its clock may be ahead of or behind ours.
_JWT_SECONDS = 540
_JWT_BACK_SECONDS = 60
# A git fetch or a slow request that starts with a token must be able to end with it.
_RENEW_BEFORE_SECONDS = 300.0
_SIGNING_IN = Bilingual("masuk sebagai GitHub App", "sign in as a GitHub App")


@dataclass(frozen=True, slots=True)
class TokenAuth:
    """A personal access token, classic or fine-grained; never shown."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AppAuth:
    """A GitHub App. ``installation_id`` None: the App's only installation."""

    app_id: int
    private_key_pem: str = field(repr=False)
    installation_id: int | None = None


class FixedToken(Credentials):
    """A personal access token."""

    app_id: int | None = None

    def __init__(self, token: str) -> None:
        self._token = token

    @property
    def token(self) -> str:
        """The token."""
        return self._token


class InstallationToken(Credentials):
    """The token of an App's installation, fetched when needed and renewed before it ends.

    Source: docs.github.com/rest/apps/apps (one hour; since 2026-04-27 ``ghs_APPID_JWT``, of any length).
    """

    def __init__(
        self,
        auth: AppAuth,
        api: str,
        wire: Wire,
        *,
        verify: bool | str = True,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.app_id: int | None = auth.app_id
        self._key = auth.private_key_pem
        self._installation = auth.installation_id
        self._api = api
        self._wire = wire
        self._verify = verify
        self._now = now
        self._lock = threading.Lock()
        self._token = ""
        self._expires = 0.0

    @property
    def token(self) -> str:
        """A token that holds for some minutes more.

        Raises:
            ForgeRefused: wrong key or App id, no installation, or several and none chosen.
            ForgeUnreachable: GitHub did not answer.
        """
        with self._lock:
            if self._now() + _RENEW_BEFORE_SECONDS >= self._expires:
                self._fetch()
            return self._token

    def renew(self, refused: str) -> bool:
        """A new token instead of ``refused``; another thread may have fetched one already."""
        with self._lock:
            if refused == self._token:
                self._fetch()
        return True

    @property
    def expires(self) -> date | None:
        """When the token at hand ends."""
        return datetime.fromtimestamp(self._expires, UTC).date() if self._expires else None

    def permissions(self) -> Mapping[str, str]:
        """What the installation was given, by name: ``read`` or ``write``."""
        with self._lock:
            if self._installation is None:
                self._installation = self._only_installation()
        found: Mapping[str, str] = self.as_app("GET", f"/app/installations/{self._installation}")[
            "permissions"
        ]
        return found

    def as_app(self, verb: str, path: str) -> Any:
        """One request as the App itself (its JWT); the decoded JSON."""
        try:
            response = self._wire.request(
                verb,
                self._api + path,
                headers={
                    "Authorization": f"Bearer {self._signed()}",
                    "Accept": JSON,
                    "X-GitHub-Api-Version": API_VERSION,
                },
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                verify=self._verify,
                allow_redirects=False,
            )
            data = response.json() if response.content else None
        except requests.RequestException as problem:
            raise unreachable(_SIGNING_IN, type(problem).__name__) from None
        if not response.ok or 300 <= response.status_code < 400:
            raise _denied(response.status_code, data)
        return data

    def _signed(self) -> str:
        now = int(self._now())
        claims = {"iat": now - _JWT_BACK_SECONDS, "exp": now + _JWT_SECONDS, "iss": str(self.app_id)}
        try:
            return jwt.encode(claims, self._key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise ForgeRefused(
                Bilingual(
                    "Kunci privat GitHub App tidak terbaca.", "The GitHub App's private key is unreadable."
                ),
                remedy=Bilingual(
                    "Pakai berkas .pem yang diunduh dari halaman GitHub App itu.",
                    "Use the .pem file that was downloaded from the GitHub App's page.",
                ),
            ) from None

    def _fetch(self) -> None:
        if self._installation is None:
            self._installation = self._only_installation()
        answer = self.as_app("POST", f"/app/installations/{self._installation}/access_tokens")
        self._token = answer["token"]
        self._expires = datetime.fromisoformat(answer["expires_at"]).timestamp()

    def _only_installation(self) -> int:
        found = self.as_app("GET", "/app/installations")
        if len(found) == 1:
            return int(found[0]["id"])
        listed = ", ".join(f"{one['id']} ({one['account']['login']})" for one in found) or "-"
        raise ForgeRefused(
            Bilingual(
                f"GitHub App ini terpasang pada {len(found)} akun: {listed}.",
                f"This GitHub App is installed on {len(found)} accounts: {listed}.",
            ),
            remedy=Bilingual(
                "Pasang App pada organisasi Anda, atau pilih nomor pemasangannya (LAIK_APP_INSTALLATION).",
                "Install the App on your organisation, or choose the installation (LAIK_APP_INSTALLATION).",
            ),
        )


def _denied(status: int, data: Any) -> LaikError:
    if status >= 500 or status == 429:
        return unreachable(_SIGNING_IN, f"HTTP {status}")
    word = str(data.get("message", "")) if isinstance(data, Mapping) else ""
    return refused(_SIGNING_IN, status, word[:300], remedy=_APP_REMEDIES.get(status))


_APP_REMEDIES = {
    401: Bilingual(
        "Periksa nomor App (LAIK_APP_ID), kunci privatnya (LAIK_APP_KEY_FILE) dan jam mesin ini.",
        "Check the App's id (LAIK_APP_ID), its private key (LAIK_APP_KEY_FILE) and this machine's clock.",
    ),
    404: Bilingual(
        "Periksa bahwa App masih terpasang pada organisasi itu.",
        "Check that the App is still installed on the organisation.",
    ),
}


def credentials_for(
    auth: TokenAuth | AppAuth, api: str, wire: Wire, *, verify: bool | str = True
) -> FixedToken | InstallationToken:
    """The live credentials for a way of signing in; nothing is sent yet."""
    if isinstance(auth, TokenAuth):
        return FixedToken(auth.token)
    return InstallationToken(auth, api, wire, verify=verify)
