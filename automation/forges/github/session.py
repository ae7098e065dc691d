"""PyGithub over the one wire: its requests and its redirects (its errors: ``refusals``).

PyGithub makes sessions of its own, follows redirects with the token and tries again by itself. All three
are taken from it here: :class:`WiredRequester` hands every request to
:class:`automation.forges.wire.Wire`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import github
import requests
from github.Auth import Auth
from github.Repository import Repository
from github.Requester import Requester, RequestsResponse

from automation.core.errors import ForgeRefused
from automation.core.text import Bilingual
from automation.forges.github.refusals import (
    asks,
    is_absent,
    refused,
    remedy_of,
    status_of,
    translated,
    unreachable,
    word_of,
)
from automation.forges.wire import Wire

__all__ = [
    "API_VERSION",
    "CONNECT_SECONDS",
    "JSON",
    "PAGE",
    "READ_SECONDS",
    "Credentials",
    "Line",
    "Part",
    "WiredRequester",
    "api_address",
    "asks",
    "connect",
    "is_absent",
    "next_page",
    "refused",
    "remedy_of",
    "status_of",
    "translated",
    "unreachable",
    "word_of",
]

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
PAGE = 100
_READINGS = 4
API_VERSION = "2022-11-28"
JSON = "application/vnd.github+json"


def api_address(url: str) -> str:
    """The REST address for the address that people use.

    Raises:
        ForgeRefused: the address is not a plain http(s) one.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ForgeRefused(
            Bilingual("Alamat GitHub tidak sah.", "The GitHub address is not valid."),
            remedy=Bilingual(
                "Isi https://github.com atau alamat GitHub Enterprise Server, tanpa nama akun di dalamnya.",
                "Give https://github.com or your GitHub Enterprise Server, no account in the address.",
            ),
        )
    if parts.hostname == "github.com":
        return "https://api.github.com"
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + "/api/v3", "", ""))


class Credentials(Auth):
    """A token that may be renewed, as PyGithub's requester wants it.

    Attributes:
        app_id: the GitHub App that laik signs in as, or None.
    """

    app_id: int | None

    @property
    def token_type(self) -> str:
        """GitHub takes ``Bearer`` for every kind of token."""
        return "Bearer"

    def renew(self, refused: str) -> bool:
        """After a 401 to the token ``refused``: whether another try has a chance with a new one."""
        return False


class Line:
    """What PyGithub takes for its connection: every request goes to the wire.

    PyGithub asks in two steps (``request``, ``getresponse``) on one shared object, so what was asked is kept
    for each thread.
    """

    def __init__(self, wire: Wire, api: str, credentials: Credentials | None, verify: bool | str) -> None:
        parts = urlsplit(api)
        self.host = parts.hostname
        self._base = f"{parts.scheme}://{parts.netloc}"
        self._wire = wire
        self._credentials = credentials
        self._verify = verify
        self._asked = threading.local()

    def request(
        self, verb: str, url: str, body: Any, headers: Mapping[str, str], stream: bool = False
    ) -> None:
        """Keep what is to be asked."""
        self._asked.now = (verb, url, body, dict(headers))

    def getresponse(self) -> RequestsResponse:
        """Ask it.

        Raises:
            github.GithubException: a redirect. PyGithub would follow it with the token; a moved
                repository must not be found by its old name, and no token goes where an answer points.
            requests.RequestException: no answer, or one that is no API's.
        """
        verb, url, body, headers = self._asked.now
        response = self._send(verb, url, body, headers)
        sent = headers.get("Authorization", "").partition(" ")[2]
        if response.status_code == 401 and self._credentials is not None and self._credentials.renew(sent):
            # A token that ran out between two requests: nothing was done, so any request may be sent again.
            self._credentials.authentication(headers)
            response = self._send(verb, url, body, headers)
        if 300 <= response.status_code < 400:
            raise github.GithubException(
                response.status_code, {"message": "Moved"}, dict(response.headers), "Moved"
            )
        if response.status_code == 202 and verb == "GET":
            # PyGithub would ask again for ever, two seconds apart.
            raise requests.exceptions.InvalidJSONError("not ready yet")
        if response.ok and response.headers.get("Content-Type", "").startswith("text/html"):
            raise requests.exceptions.InvalidJSONError("a web page instead of JSON")
        return RequestsResponse(response)

    def _send(self, verb: str, url: str, body: Any, headers: Mapping[str, str]) -> requests.Response:
        return self._wire.request(
            verb,
            self._base + url,
            data=body.encode() if isinstance(body, str) else body,
            headers={"Accept": JSON, **headers},
            timeout=(CONNECT_SECONDS, READ_SECONDS),
            verify=self._verify,
            allow_redirects=False,
        )

    def close(self) -> None:
        """Nothing: the wire is closed by the forge."""


class WiredRequester(Requester):
    """PyGithub's requester with its connection replaced, in all copies that PyGithub makes of it."""

    def __init__(self, line: Line, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._line = line
        # PyGithub keeps one connection a requester under this name and makes one only where there is none.
        self._Requester__connection = line
        # Addresses in answers name the server's own idea of its host; the token goes to ours only.
        self._Requester__customConnection = _own_connection

    def _again(self, **changed: Any) -> WiredRequester:
        return WiredRequester(self._line, **{**self.kwargs, **changed})

    def withAuth(self, auth: Auth | None) -> Requester:  # noqa: N802 - PyGithub's name
        """The same with other credentials; not used by laik, and refused rather than sent around the wire."""
        raise NotImplementedError

    def withLazy(self, lazy: Any) -> Requester:  # noqa: N802 - PyGithub's name
        """The same, lazy or not."""
        if not isinstance(lazy, bool) or lazy == self.is_lazy:
            return self
        return self._again(lazy=lazy)

    def withApiVersion(self, api_version: str | None) -> Requester:  # noqa: N802 - PyGithub's name
        """The same for another version of the API."""
        return self if api_version == self.api_version else self._again(api_version=api_version)


def _own_connection(url: str) -> None:
    """No connection but our own, whatever host an answer names (its path is still used)."""


def connect(api: str, credentials: Credentials, wire: Wire, *, ca_file: str | None = None) -> github.Github:
    """PyGithub for one GitHub and one set of credentials over ``wire``; nothing is sent yet.

    The client is lazy: handles cost no request until something of them is read.
    """
    client = github.Github(
        base_url=api,
        auth=credentials,
        user_agent="laik",
        per_page=PAGE,
        retry=None,
        seconds_between_requests=0,
        seconds_between_writes=0,
        lazy=True,
        api_version=API_VERSION,
    )
    line = Line(wire, api, credentials, ca_file or True)
    client._Github__requester = WiredRequester(line, **client.requester.kwargs)  # type: ignore[attr-defined]
    return client


class Part:
    """What the themed parts of the adapter share."""

    url: str
    _client: github.Github
    _wire: Wire
    _credentials: Credentials

    @property
    def _requester(self) -> Requester:
        return self._client.requester

    def _at(self, project_id: int) -> str:
        """The address of a repository by its id, which stays when it is renamed or moved.

        GitHub's own redirects of renamed repositories point there. A name could be another repository's
        by now: a renamed one leaves its name free, and whoever takes it would be handed what was meant
        for the first.
        """
        return f"/repositories/{int(project_id)}"

    def _repo(self, project_id: int) -> Repository:
        """A handle on a repository; costs no request. Its ``url`` is the address by id."""
        return Repository(self._requester, url=self._at(project_id))

    def _raw(
        self,
        verb: str,
        path: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        body: Any = None,
        accept: str | None = None,
    ) -> Any:
        """One REST request; the decoded JSON (None for an empty answer)."""
        headers = {"Accept": accept} if accept else {}
        told = dict(parameters or {})
        _, data = self._requester.requestJsonAndCheck(verb, path, told, headers, body)
        return data

    def _rows(
        self, path: str, *, parameters: Mapping[str, Any] | None = None, key: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """All rows of a list, page after page by the ``Link`` header; ``key`` where they lie in an object."""
        told: dict[str, Any] = {"per_page": PAGE, **(parameters or {})}
        following: str | None = path
        while following:
            headers, data = self._requester.requestJsonAndCheck("GET", following, told)
            yield from data[key] if key else data
            following, told = next_page(str(headers.get("link", ""))), {}

    def _steady(self, path: str, *, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """All rows of a list that may lose rows while its pages are read, each once, in the list's order.

        Pages are counted from the start as the list is at that moment: when a row goes, all behind it move
        up, and the first of the next page is never shown. So a list of several pages is read until two
        readings are alike; of the second nearly all is answered 304.
        """
        rows: dict[Any, dict[str, Any]] = {}
        for _ in range(_READINGS):
            last = list(rows)
            rows = {row["id"]: row for row in self._rows(path, parameters=parameters)}
            if len(rows) < PAGE or list(rows) == last:
                break
        return list(rows.values())

    def _graphql(self, query: str, variables: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One GraphQL request; its ``data``. Errors are raised as for REST."""
        _, answer = self._requester.graphql_query(query, dict(variables or {}))
        found: dict[str, Any] = answer["data"]
        return found


_NEXT = re.compile(r'<([^<>]*)>\s*;[^,<]*\brel="next"')


def next_page(link: str) -> str | None:
    """The address of the next page in a ``Link`` header."""
    found = _NEXT.search(link)
    return found.group(1) if found else None
