"""python-gitlab over the one wire, lists read whole, and one translation of the client's errors."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

import gitlab
import requests
from gitlab.exceptions import GitlabError, GitlabParsingError
from gitlab.v4.objects import Project as ApiProject

from automation.core.errors import ForgeRefused, ForgeUnreachable
from automation.core.text import Bilingual
from automation.forges.wire import Wire

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0

P = ParamSpec("P")
R = TypeVar("R")


class Client(gitlab.Gitlab):
    """python-gitlab without its own retries: those of :class:`Wire` are the only ones."""

    def http_request(self, verb: str, path: str, *args: Any, **kwargs: Any) -> requests.Response:
        """One request."""
        once = {"obey_rate_limit": False, "retry_transient_errors": False, "max_retries": 0}
        return super().http_request(verb, path, *args, **{**kwargs, **once})


def connect(
    url: str, token: str, *, ca_file: str | None = None, write_spacing: float = 0.0
) -> tuple[Client, Wire]:
    """A client for one GitLab and one token; nothing is sent yet.

    Raises:
        ForgeRefused: the address is not a plain http(s) one.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ForgeRefused(
            Bilingual("Alamat GitLab tidak sah.", "The GitLab address is not valid."),
            remedy=Bilingual(
                "Isi alamat https://... tanpa nama akun di dalamnya.",
                "Give an https://... address without an account in it.",
            ),
        )
    session = Wire(write_spacing=write_spacing)
    client = Client(
        url,
        private_token=token,
        session=session,
        per_page=100,
        ssl_verify=ca_file or True,
        # python-gitlab hands the value to requests, which takes (connect, read) in seconds.
        timeout=(CONNECT_SECONDS, READ_SECONDS),  # type: ignore[arg-type]
        # Links to further pages name the server's own idea of its address; the token goes to ours only.
        keep_base_url=True,
    )
    return client, session


class Part:
    """What the themed parts of the adapter share."""

    _client: Client
    _session: Wire

    def _project(self, project_id: int) -> ApiProject:
        """A handle on a project; costs no request."""
        return self._client.projects.get(project_id, lazy=True)


def asks(indonesian: str, english: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Translate python-gitlab's errors; the two phrases say what was being done."""
    doing = Bilingual(indonesian, english)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except GitlabParsingError:
                raise _unreachable(doing, "no JSON") from None
            except GitlabError as problem:
                raise translated(problem, doing) from None
            except requests.RequestException as problem:
                # Its text holds the address with its query, so only the kind is told.
                raise _unreachable(doing, type(problem).__name__) from None

        return wrapped

    return decorate


def status_of(problem: GitlabError) -> int:
    """The HTTP status of an error, 0 for none."""
    return problem.response_code or 0


def word_of(problem: GitlabError) -> str:
    """GitLab's own words, on one line and short."""
    return " ".join(str(problem.error_message).split())[:300]


def is_absent(problem: GitlabError) -> bool:
    """Whether the error says "not here": 404, or a redirect to where it is now."""
    return status_of(problem) == 404 or 300 <= status_of(problem) < 400


def translated(problem: GitlabError, doing: Bilingual) -> ForgeRefused | ForgeUnreachable:
    """Our error for one of python-gitlab's: 5xx and 429 leave things unknown, the rest is a no."""
    status = status_of(problem)
    if status >= 500 or status in {0, 429}:
        return _unreachable(doing, f"HTTP {status}")
    return refused(doing, status, word_of(problem))


def refused(doing: Bilingual, status: int, word: str) -> ForgeRefused:
    """The forge's no, with its own words and what helps against it."""
    return ForgeRefused(
        Bilingual(
            f"GitLab menolak {doing.id} (HTTP {status}): {word}",
            f"GitLab refused to {doing.en} (HTTP {status}): {word}",
        ),
        remedy=_REMEDIES.get(status, _REMEDY),
        status=status,
    )


def _unreachable(doing: Bilingual, why: str) -> ForgeUnreachable:
    return ForgeUnreachable(
        Bilingual(
            f"GitLab tidak menjawab saat {doing.id} ({why}).",
            f"GitLab gave no answer when asked to {doing.en} ({why}).",
        ),
        remedy=Bilingual(
            "Periksa jaringan dan keadaan GitLab; laik mencoba lagi nanti.",
            "Check the network and GitLab's health; laik tries again later.",
        ),
    )


_REMEDY = Bilingual("Periksa isian menurut pesan itu.", "Correct what the message names.")
_REMEDIES = {
    401: Bilingual(
        "Token laik habis masa berlakunya atau dicabut: isi LAIK_TOKEN_FILE dengan yang baru, lalu mulai"
        " ulang laik.",
        "laik's token has expired or was revoked: put a new one into LAIK_TOKEN_FILE and restart laik.",
    ),
    403: Bilingual(
        "Beri akun bot peran yang cukup pada proyek itu.", "Give the bot's account a sufficient role there."
    ),
    404: Bilingual(
        "Periksa bahwa proyeknya ada dan akun bot adalah anggotanya.",
        "Check that the project exists and the bot's account is a member.",
    ),
}
