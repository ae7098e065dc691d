"""laik's own door, asked as anybody could ask it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import requests

from automation.core.errors import LaikError, Where
from automation.core.health_office import DoorFacts
from automation.core.text import Bilingual

SECONDS = 10.0
LARGEST = 1024 * 1024  # bytes
_WEBHOOK = re.compile(r"/webhook/(gitlab|github)/?$")


class DoorClosed(LaikError):
    """laik's own address does not answer as laik does."""


def health_address(hook_url: str) -> str:
    """Where ``/sehat`` is, by the address of the webhooks; empty without one."""
    if not hook_url:
        return ""
    if _WEBHOOK.search(hook_url):
        return _WEBHOOK.sub("/sehat", hook_url)
    parts = urlsplit(hook_url)
    return f"{parts.scheme}://{parts.netloc}/sehat"


def is_local(url: str) -> bool:
    """Whether the address is this machine's own, so that nothing travels."""
    return (urlsplit(url).hostname or "") in {"localhost", "127.0.0.1", "::1"}


def ask_door(address: str) -> DoorFacts:
    """What ``/sehat`` says.

    Raises:
        DoorClosed: it does not answer, or not as laik does.
    """
    try:
        with requests.get(address, timeout=SECONDS, allow_redirects=False, stream=True) as answer:
            body: Any = answer.json() if _is_small(answer) else None
        return DoorFacts(
            bool(body["sehat"]),
            tuple(str(one) for one in (*body["gagal"], *body["macet"])),
            str(body["kejadian_terakhir"] or ""),
            bool(body["sunyi"]),
        )
    except (requests.RequestException, ValueError, KeyError, TypeError) as problem:
        raise _closed(address, type(problem).__name__) from None


def _is_small(answer: requests.Response) -> bool:
    return answer.ok and int(answer.headers.get("Content-Length", LARGEST + 1)) <= LARGEST


def _closed(address: str, kind: str) -> DoorClosed:
    return DoorClosed(
        Bilingual(
            f"Alamat laik tidak menjawab dari sini ({kind}).",
            f"laik's address does not answer from here ({kind}).",
        ),
        remedy=Bilingual(
            "Jalankan 'laik serve'; bila sudah berjalan, periksa proksi di depannya dan sertifikatnya.",
            "Run 'laik serve'; if it runs already, look at the proxy before it and its certificate.",
        ),
        where=Where(file=address),
    )
