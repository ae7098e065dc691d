"""The pages' door: guard, GET only, strict headers; and what is said where the pages are off."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from automation.core.errors import LaikError
from automation.core.text import Bilingual
from automation.localforge.engine import Engine
from automation.localforge.pages import words
from automation.localforge.pages.guard import is_local
from automation.localforge.pages.markdown import harmless_link
from automation.localforge.pages.page import Page
from automation.localforge.pages.routes import find
from automation.localforge.refusals import Refusal

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:;"
    " frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STYLE = "/-/gaya.css"
OFF = Bilingual(
    "Halaman web forge ini tidak dinyalakan; nyalakan dengan `laik forge serve --pages`.",
    "The web pages of this forge are off; turn them on with `laik forge serve --pages`.",
)
_FOREIGN = Bilingual(
    "Halaman ini hanya untuk komputer ini sendiri, lewat http://127.0.0.1 atau http://localhost.",
    "These pages are for this machine only, at http://127.0.0.1 or http://localhost.",
)
_ONLY_GET = Bilingual("Halaman ini hanya untuk dilihat.", "These pages are for looking only.")
_FOLDER = Path(__file__).parent
_log = logging.getLogger(__name__)


def pages_app(engine: Engine) -> ASGIApp:
    """The ASGI application of the pages over ``engine``; it reads, and changes nothing."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        refusal = _turned_away(scope)
        response = await run_in_threadpool(_respond, engine, scope) if refusal is None else refusal
        response.headers.update(HEADERS)
        await response(scope, receive, send)

    return app


def no_pages_app() -> ASGIApp:
    """What answers in place of the pages while they are off: one sentence, the same for every address."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await _sentence(404, OFF)(scope, receive, send)

    return app


def _turned_away(scope: Scope) -> Response | None:
    if not is_local(scope):
        return _sentence(403, _FOREIGN)
    if scope["method"] not in {"GET", "HEAD"}:
        response = _sentence(405, _ONLY_GET)
        response.headers["Allow"] = "GET, HEAD"
        return response
    return None


def _sentence(status: int, text: Bilingual) -> Response:
    return PlainTextResponse(f"{text}\n", status)


def _respond(engine: Engine, scope: Scope) -> Response:
    path = scope["path"].removeprefix(scope.get("root_path", ""))
    if path == STYLE:
        return Response((_FOLDER / "gaya.css").read_bytes(), media_type="text/css")
    query = dict(parse_qsl(scope.get("query_string", b"").decode("ascii", "replace")))
    try:
        return _html(200, find(engine, path, query))
    except Refusal as refusal:
        return _html(refusal.status, Page("missing.html", "Tidak ditemukan", {}))
    except LaikError as problem:
        # A git failure: said in the log with its reason, to the browser without.
        _log.warning("page failed: %s", problem)
        return _html(500, Page("broken.html", "Gagal dibaca", {}))


def _html(status: int, page: Page) -> Response:
    text = _templates().get_template(page.template).render(title=page.title, style=STYLE, **page.facts)
    # Half a surrogate pair, from a text that came as JSON, has no bytes of its own.
    return HTMLResponse(text.encode("utf-8", "replace"), status)


@cache
def _templates() -> Environment:
    """The templates; autoescape is on for every one of them, whatever its name."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "state_word": words.state_word,
        "state_look": words.state_look,
        "level_word": words.level_word,
        "visibility_word": words.visibility_word,
        "moment": words.moment_words,
        "stamp": words.as_stamp,
        "day": words.date_words,
        "size": words.size_words,
    }
    environment.tests["harmless_link"] = harmless_link
    return environment
