"""Settings of one laik installation, from environment variables; secrets only from files.

==========================  =========================================================================
``LAIK_URL``                address of the forge, e.g. ``https://git.contoh.go.id``
``LAIK_TOKEN_FILE``         file holding the token of laik's own account
``LAIK_KENDALI``            full path of the control project
``LAIK_STATE``              folder for ledger, mirrors and caches
``LAIK_STORE``              database URL; default SQLite in the state folder
``LAIK_OUT``                folder where zones and virtual hosts are published
``LAIK_HOOK_URL``           address the forge sends webhooks to; empty: sweeps only
``LAIK_HOOK_SECRET_FILE``   file holding the secret of the webhooks
``LAIK_DNS``, ``LAIK_HTTP`` host:port of the name server and web server to read back from
``LAIK_HTTP_PORT``          port the virtual hosts listen on; default 80
``LAIK_HTTPS_PORT``         port of their TLS side; default 443
``LAIK_LISTEN``             address they listen on; empty: all
``LAIK_APPLY``              program that runs ``laik hosting apply`` with the arguments it is given, under an
                            account of its own that alone may write ``LAIK_OUT``; empty: laik runs it itself
``LAIK_RELOAD``             program run after a change was published (no shell, no arguments from requests)
==========================  =========================================================================
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from automation.core.errors import LaikError, Where
from automation.core.text import Bilingual

Server = tuple[str, int]


class MissingSetting(LaikError):
    """A setting that laik cannot do without is not there or unreadable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """See the module's table; ``token`` and ``hook_secret`` never show in a representation."""

    url: str
    token: str = field(repr=False)
    control_path: str
    state: Path
    out: Path
    store_url: str = field(repr=False)  # may hold the database's password
    hook_url: str = ""
    hook_secret: str = field(default="", repr=False)
    dns: Server | None = None
    http: Server | None = None
    http_port: int = 80
    https_port: int = 443
    listen: str = ""
    apply: tuple[str, ...] = ()
    reload: tuple[str, ...] = ()


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process.

    Raises:
        MissingSetting: naming the variable.
    """
    values = os.environ if environment is None else environment
    state = Path(_required(values, "LAIK_STATE"))
    return Settings(
        url=_required(values, "LAIK_URL").rstrip("/"),
        token=_secret(values, "LAIK_TOKEN_FILE", required=True),
        control_path=_required(values, "LAIK_KENDALI"),
        state=state,
        out=Path(values.get("LAIK_OUT") or state / "saji"),
        store_url=values.get("LAIK_STORE") or default_store(state),
        hook_url=values.get("LAIK_HOOK_URL", ""),
        hook_secret=_secret(values, "LAIK_HOOK_SECRET_FILE", required=False),
        dns=_server(values, "LAIK_DNS"),
        http=_server(values, "LAIK_HTTP"),
        http_port=_port(values, "LAIK_HTTP_PORT", default=80),
        https_port=_port(values, "LAIK_HTTPS_PORT", default=443),
        listen=values.get("LAIK_LISTEN", ""),
        apply=_program(values, "LAIK_APPLY"),
        reload=_program(values, "LAIK_RELOAD"),
    )


def default_store(state: Path) -> str:
    """SQLite in the state folder."""
    return f"sqlite:///{state / 'laik.sqlite3'}"


def _required(values: Mapping[str, str], name: str) -> str:
    value = values.get(name, "").strip()
    if not value:
        raise _missing(name, "belum diisi", "is not set")
    return value


def _secret(values: Mapping[str, str], name: str, *, required: bool) -> str:
    path = values.get(name, "").strip()
    if not path and not required:
        return ""
    try:
        secret = Path(path or _required(values, name)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise _missing(
            name, "menunjuk berkas yang tidak terbaca", "names a file that cannot be read"
        ) from None
    if not secret:
        raise _missing(name, "menunjuk berkas kosong", "names an empty file")
    if not secret.isascii() or not secret.isprintable() or " " in secret:
        # It becomes a header: libraries that refuse a broken one repeat it in their message.
        raise _missing(
            name, "menunjuk berkas yang isinya bukan satu kata", "names a file that holds more than one word"
        )
    return secret


def _server(values: Mapping[str, str], name: str) -> Server | None:
    text = values.get(name, "").strip()
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not host or not _is_port(port):
        raise _missing(name, "harus berbentuk alamat:porta", "must look like host:port")
    return host, int(port)


def _port(values: Mapping[str, str], name: str, *, default: int) -> int:
    text = values.get(name, "").strip() or str(default)
    if not _is_port(text):
        raise _missing(name, "harus berupa nomor porta 1-65535", "must be a port number 1-65535")
    return int(text)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536


def _program(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(values.get(name, "")))
    except ValueError:
        raise _missing(name, "memuat tanda kutip yang tidak ditutup", "holds an unclosed quote") from None


def _missing(name: str, problem: str, english: str) -> MissingSetting:
    return MissingSetting(
        Bilingual(f"Setelan {name} {problem}.", f"The setting {name} {english}."),
        remedy=Bilingual(
            "Isi variabel lingkungan itu; lihat README bagian Memasang.",
            "Set that environment variable; see the README, section Installing.",
        ),
        where=Where(file=name),
    )
