"""Settings of one laik installation, from environment variables; secrets only from files.

==========================  =========================================================================
``LAIK_FORGE``              ``gitlab`` (default) or ``github``
``LAIK_URL``                address of the forge that people use, e.g. ``https://git.contoh.go.id``
``LAIK_TOKEN_FILE``         file holding the token of laik's own account
``LAIK_APP_ID``             instead of a token, GitHub only: id of the GitHub App that laik is
``LAIK_APP_KEY_FILE``       file holding that app's private key (PEM, as GitHub hands it out)
``LAIK_APP_INSTALLATION``   id of the app's installation; needed only where it has more than one
``LAIK_CA_FILE``            certificates (PEM) trusted for the forge instead of the machine's own
``LAIK_WRITE_SPACING``      seconds between two writes; default: what the forge asks for
``LAIK_KENDALI``            full path of the control project
``LAIK_STATE``              folder for ledger, mirrors and caches
``LAIK_STORE``              database URL; default SQLite in the state folder
``LAIK_OUT``                folder where zones and virtual hosts are published
``LAIK_HOOK_URL``           address the forge sends webhooks to; empty: sweeps only
``LAIK_HOOK_SECRET_FILE``   file holding the secret of the webhooks; several while one is being replaced:
                            one a line, newest first
``LAIK_HOOK_SIGNING_FILE``  GitLab's signing tokens (``whsec_...``) of the webhooks, likewise
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

import base64
import binascii
import os
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from automation.settingvalues import (
    MissingSetting,
    Server,
    file_text,
    missing,
    number,
    port,
    program,
    required,
    secret,
    secrets,
    server,
)

__all__ = [
    "AppIdentity",
    "ForgeKind",
    "MissingSetting",
    "Server",
    "Settings",
    "default_store",
    "from_environment",
    "survey",
]

T = TypeVar("T")

ForgeKind = Literal["gitlab", "github"]
LONGEST_SPACING = 60.0  # seconds; more would stop laik rather than slow it down
SHORTEST_SIGNING_KEY = 24  # bytes, as the Standard Webhooks specification asks; GitLab makes 32


@dataclass(frozen=True, slots=True)
class AppIdentity:
    """A GitHub App that laik acts as. ``installation`` is None where the app has only one."""

    id: int
    key: str = field(repr=False)
    installation: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """See the module's table; tokens, keys and secrets never show in a representation.

    ``token`` is empty exactly when ``app`` is given. ``hook_secrets`` and ``hook_signing`` are newest first:
    the first is what new hooks get, each of them opens the door.
    """

    url: str
    token: str = field(repr=False)
    control_path: str
    state: Path
    out: Path
    store_url: str = field(repr=False)  # may hold the database's password
    hook_url: str = ""
    hook_secrets: tuple[str, ...] = field(default=(), repr=False)
    hook_signing: tuple[str, ...] = field(default=(), repr=False)
    dns: Server | None = None
    http: Server | None = None
    http_port: int = 80
    https_port: int = 443
    listen: str = ""
    apply: tuple[str, ...] = ()
    reload: tuple[str, ...] = ()
    forge: ForgeKind = "gitlab"
    app: AppIdentity | None = None
    ca_file: Path | None = None
    write_spacing: float | None = None
    sops: Path | None = None

    @property
    def hook_secret(self) -> str:
        """The secret that new hooks get; empty while there is none."""
        return self.hook_secrets[0] if self.hook_secrets else ""


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process.

    Raises:
        MissingSetting: naming the variable.
    """
    found, problems = survey(environment)
    if problems:
        raise problems[0]
    return found


def survey(environment: Mapping[str, str] | None = None) -> tuple[Settings, tuple[MissingSetting, ...]]:
    """The settings as far as they can be read, and what is wrong with the others.

    A setting that cannot be read is left empty (``Path()``, ``""``, ``()``, None), so that whoever looks
    for faults can go on with the rest; nobody else may use such settings.
    """
    values = os.environ if environment is None else environment
    problems: list[MissingSetting] = []

    def read(part: Callable[[], T], blank: T) -> T:
        try:
            return part()
        except MissingSetting as problem:
            problems.append(problem)
            return blank

    forge: ForgeKind = read(lambda: _forge(values), "gitlab")
    state = read(lambda: Path(required(values, "LAIK_STATE")), Path())
    app = read(lambda: _app(values, forge), None)
    as_app = bool(values.get("LAIK_APP_ID", "").strip())
    found = Settings(
        url=read(lambda: _address(values, forge), ""),
        token="" if as_app else read(lambda: secret(values, "LAIK_TOKEN_FILE"), ""),
        control_path=read(lambda: required(values, "LAIK_KENDALI"), ""),
        state=state,
        out=Path(values.get("LAIK_OUT") or state / "saji"),
        store_url=values.get("LAIK_STORE") or default_store(state),
        hook_url=read(lambda: _hook_url(values, forge), ""),
        hook_secrets=read(lambda: secrets(values, "LAIK_HOOK_SECRET_FILE"), ()),
        hook_signing=read(lambda: _signing(values, forge), ()),
        dns=read(lambda: server(values, "LAIK_DNS"), None),
        http=read(lambda: server(values, "LAIK_HTTP"), None),
        http_port=read(lambda: port(values, "LAIK_HTTP_PORT", default=80), 80),
        https_port=read(lambda: port(values, "LAIK_HTTPS_PORT", default=443), 443),
        listen=values.get("LAIK_LISTEN", ""),
        apply=read(lambda: program(values, "LAIK_APPLY"), ()),
        reload=read(lambda: program(values, "LAIK_RELOAD"), ()),
        forge=forge,
        app=app,
        ca_file=read(lambda: _certificates(values), None),
        write_spacing=read(lambda: _spacing(values), None),
        sops=Path(values["LAIK_SOP"]) if values.get("LAIK_SOP", "").strip() else None,
    )
    return found, tuple(problems)


def default_store(state: Path) -> str:
    """SQLite in the state folder."""
    return f"sqlite:///{state / 'laik.sqlite3'}"


def _forge(values: Mapping[str, str]) -> ForgeKind:
    match values.get("LAIK_FORGE", "").strip() or "gitlab":
        case "gitlab" | "github" as kind:
            return kind
        case _:
            raise missing("LAIK_FORGE", "harus gitlab atau github", "must be gitlab or github")


def _address(values: Mapping[str, str], forge: ForgeKind) -> str:
    """The address people use. That of the API would be taken for another server; a name in it is a secret."""
    url = required(values, "LAIK_URL").rstrip("/")
    try:
        parts = urlsplit(url)
    except ValueError:  # a broken IPv6 address
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise missing(
            "LAIK_URL",
            "harus alamat http(s) tanpa nama pengguna di dalamnya",
            "must be an http(s) address without a user name in it",
        )
    if re.search(r"/api/v[0-9]+$", url) or (forge == "github" and parts.hostname == "api.github.com"):
        raise missing(
            "LAIK_URL",
            "harus alamat yang dibuka orang, bukan alamat API",
            "is the API's, not people's address",
        )
    return url


def _app(values: Mapping[str, str], forge: ForgeKind) -> AppIdentity | None:
    """The app that laik is, or None where it is an account with a token; never both."""
    app_id = values.get("LAIK_APP_ID", "").strip()
    if not app_id:
        _refuse_orphans(values)
        return None
    if forge != "github":
        raise missing("LAIK_APP_ID", "hanya untuk LAIK_FORGE=github", "is for LAIK_FORGE=github only")
    if values.get("LAIK_TOKEN_FILE", "").strip():
        raise missing(
            "LAIK_TOKEN_FILE",
            "tidak boleh bersama LAIK_APP_ID; pilih salah satu",
            "cannot stand beside LAIK_APP_ID; choose one",
        )
    key = file_text(values, "LAIK_APP_KEY_FILE").strip()
    if not re.fullmatch(
        r"-----BEGIN (RSA )?PRIVATE KEY-----\n.+\n-----END (RSA )?PRIVATE KEY-----", key, re.S
    ):
        raise missing(
            "LAIK_APP_KEY_FILE",
            "bukan kunci privat PEM tanpa sandi",
            "is no PEM private key without passphrase",
        )
    installation = values.get("LAIK_APP_INSTALLATION", "").strip()
    return AppIdentity(
        number("LAIK_APP_ID", app_id),
        key + "\n",
        number("LAIK_APP_INSTALLATION", installation) if installation else None,
    )


def _refuse_orphans(values: Mapping[str, str]) -> None:
    """An app's key without its id would be left unused without a word."""
    for name in ("LAIK_APP_KEY_FILE", "LAIK_APP_INSTALLATION"):
        if values.get(name, "").strip():
            raise missing("LAIK_APP_ID", f"belum diisi, padahal {name} diisi", f"is not set, but {name} is")


def _hook_url(values: Mapping[str, str], forge: ForgeKind) -> str:
    """Where the forge sends events; a bare host gets the forge's own path."""
    url = values.get("LAIK_HOOK_URL", "").strip()
    other = "github" if forge == "gitlab" else "gitlab"
    if url and not re.match(r"https?://[^/@\s]+(/\S*)?$", url):
        raise missing("LAIK_HOOK_URL", "harus alamat http(s)", "must be an http(s) address")
    if url.rstrip("/").endswith(f"/webhook/{other}"):
        raise missing(
            "LAIK_HOOK_URL",
            f"menunjuk pintu {other}, bukan {forge}",
            f"names the door of {other}, not of {forge}",
        )
    host = re.fullmatch(r"(https?://[^/]+)/?", url)
    return f"{host[1]}/webhook/{forge}" if host else url


def _signing(values: Mapping[str, str], forge: ForgeKind) -> tuple[str, ...]:
    name = "LAIK_HOOK_SIGNING_FILE"
    tokens = secrets(values, name)
    if tokens and forge != "gitlab":
        raise missing(name, "hanya untuk LAIK_FORGE=gitlab", "is for LAIK_FORGE=gitlab only")
    if not all(_is_signing_token(one) for one in tokens):
        raise missing(
            name, "menunjuk berkas yang bukan berisi whsec_...", "names a file that holds no whsec_... token"
        )
    return tokens


def _is_signing_token(text: str) -> bool:
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return False
    return text.startswith("whsec_") and len(key) >= SHORTEST_SIGNING_KEY


def _certificates(values: Mapping[str, str]) -> Path | None:
    text = values.get("LAIK_CA_FILE", "").strip()
    if not text:
        return None
    try:
        ssl.create_default_context(cafile=text)
    except OSError:  # a missing file, and SSLError for one that holds no certificate
        raise missing(
            "LAIK_CA_FILE",
            "bukan berkas sertifikat PEM yang terbaca",
            "is no readable file of PEM certificates",
        ) from None
    return Path(text).absolute()


def _spacing(values: Mapping[str, str]) -> float | None:
    text = values.get("LAIK_WRITE_SPACING", "").strip()
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,2}(\.[0-9]{1,3})?", text) or float(text) > LONGEST_SPACING:
        raise missing(
            "LAIK_WRITE_SPACING", "harus berupa detik 0-60, misalnya 0.5", "must be seconds 0-60, say 0.5"
        )
    return float(text)
