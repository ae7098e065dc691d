"""One translation of PyGithub's errors: what was refused, why, and what helps; what is merely unknown."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar

import github
import requests

from automation.core.errors import ForgeRefused, ForgeUnreachable, LaikError
from automation.core.text import Bilingual

P = ParamSpec("P")
R = TypeVar("R")


def asks(indonesian: str, english: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Translate PyGithub's errors; the two phrases say what was being done."""
    doing = Bilingual(indonesian, english)

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except github.GithubException as problem:
                raise translated(problem, doing) from None
            except requests.RequestException as problem:
                # Its text holds the address with its query, so only the kind is told.
                raise unreachable(doing, type(problem).__name__) from None

        return wrapped

    return decorate


def status_of(problem: github.GithubException) -> int:
    """The HTTP status of an error, 0 for none."""
    return int(problem.status or 0)


def word_of(problem: github.GithubException) -> str:
    """GitHub's own words with what it says of single fields, on one line and short."""
    data = problem.data if isinstance(problem.data, Mapping) else {}
    said = [str(data.get("message") or problem.message or "")]
    for one in data.get("errors") or ():
        if isinstance(one, Mapping):
            told = one.get("message") or " ".join(str(one[key]) for key in ("field", "code") if key in one)
            said.append(str(told))
        else:
            said.append(str(one))
    return " ".join("; ".join(part for part in said if part).split())[:300]


def is_absent(problem: github.GithubException) -> bool:
    """Whether the error says "not here": 404, or a redirect to where it is now."""
    return status_of(problem) == 404 or 300 <= status_of(problem) < 400


def translated(problem: github.GithubException, doing: Bilingual) -> LaikError:
    """Our error for one of PyGithub's: 5xx and rate limits leave things unknown, the rest is a no."""
    status = status_of(problem)
    if status >= 500 or status in {0, 429} or isinstance(problem, github.RateLimitExceededException):
        return unreachable(doing, f"HTTP {status}")
    return refused(doing, status, word_of(problem), remedy=remedy_of(problem))


def refused(doing: Bilingual, status: int, word: str, *, remedy: Bilingual | None = None) -> ForgeRefused:
    """The forge's no, with its own words and what helps against it."""
    return ForgeRefused(
        Bilingual(
            f"GitHub menolak {doing.id} (HTTP {status}): {word}",
            f"GitHub refused to {doing.en} (HTTP {status}): {word}",
        ),
        remedy=remedy or _REMEDIES.get(status, _REMEDY),
        status=status,
    )


def unreachable(doing: Bilingual, why: str) -> ForgeUnreachable:
    """Nothing is known of what was asked."""
    return ForgeUnreachable(
        Bilingual(
            f"GitHub tidak menjawab saat {doing.id} ({why}).",
            f"GitHub gave no answer when asked to {doing.en} ({why}).",
        ),
        remedy=Bilingual(
            "Periksa jaringan dan keadaan GitHub (githubstatus.com); laik mencoba lagi nanti.",
            "Check the network and GitHub's health (githubstatus.com); laik tries again later.",
        ),
    )


def remedy_of(problem: github.GithubException) -> Bilingual:
    """What helps, by the header or words with which GitHub explains a refusal, else by status."""
    headers = {str(key).lower(): value for key, value in (problem.headers or {}).items()}
    if "x-github-sso" in headers:
        return _SSO
    said = word_of(problem).lower()
    for words, remedy in _BY_WORDS:
        if any(word in said for word in words):
            return remedy
    return _REMEDIES.get(status_of(problem), _REMEDY)


_REMEDY = Bilingual("Periksa isian menurut pesan itu.", "Correct what the message names.")
_SSO = Bilingual(
    "Organisasi itu memakai SAML SSO: buka pengaturan token di GitHub, pilih Configure SSO, lalu izinkan"
    " token untuk organisasi itu.",
    "The organisation uses SAML SSO: open the token's settings on GitHub, choose Configure SSO and"
    " authorise the token for the organisation.",
)
_PLAN = Bilingual(
    "Paket GitHub organisasi ini tidak memuatnya untuk repositori privat: pakai GitHub Team atau Enterprise.",
    "This organisation's GitHub plan lacks it for private repositories: use GitHub Team or Enterprise.",
)
_PERMISSION = Bilingual(
    "Tambahkan izin yang kurang pada GitHub App atau token itu; izin App lalu disetujui pemilik organisasi.",
    "Add the missing permission to the GitHub App or token; an organisation owner then accepts an App's.",
)
_BY_WORDS: tuple[tuple[tuple[str, ...], Bilingual], ...] = (
    (("saml",), _SSO),
    (("upgrade to github", "upgrade your plan", "billing"), _PLAN),
    (("resource not accessible", "insufficient_scopes", "required scopes"), _PERMISSION),
)
_REMEDIES = {
    301: Bilingual(
        "Repositori itu berganti nama atau pindah: pakai namanya yang baru.",
        "The repository was renamed or moved: use its new name.",
    ),
    401: Bilingual(
        "Token laik habis masa berlakunya atau dicabut: isi LAIK_TOKEN_FILE dengan yang baru (GitHub App:"
        " periksa LAIK_APP_ID dan LAIK_APP_KEY_FILE), lalu mulai ulang laik.",
        "laik's token has expired or was revoked: put a new one into LAIK_TOKEN_FILE (a GitHub App: check"
        " LAIK_APP_ID and LAIK_APP_KEY_FILE) and restart laik.",
    ),
    403: Bilingual(
        "Beri akun atau App laik izin yang cukup pada repositori itu.",
        "Give laik's account or App a sufficient role in that repository.",
    ),
    404: Bilingual(
        "Periksa bahwa repositorinya ada dan akun atau App laik dapat melihatnya.",
        "Check that the repository exists and that laik's account or App may see it.",
    ),
    410: Bilingual(
        "Fitur itu dimatikan: nyalakan Issues pada pengaturan repositori.",
        "The feature is switched off: switch Issues on in the repository's settings.",
    ),
}
