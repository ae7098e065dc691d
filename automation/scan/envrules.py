"""``.env`` files: a committed one with real values, and examples that carry real values after all."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from automation.scan.records import RawFlaw, Rule
from automation.scan.secretrules import MOVE, is_placeholder, is_reference, looks_random

EXAMPLES = ("example", "sample", "dist", "template", "contoh", "stub")
LINE = re.compile(r"^[ \t]*(?:export[ \t]+)?(?P<nama>[A-Za-z_][\w.]{0,80})[ \t]*=[ \t]*(?P<nilai>.{0,2000})$")
SECRET_NAME = re.compile(
    r"(?i)(password|passwd|pwd|sandi|secret|token|api_?key|app_?key|private_?key|access_?key|_key$|credential|_dsn$|database_url)"
)
PUBLIC_NAME = re.compile(
    r"(?i)(^vite_|^mix_pusher_app_key|public|publishable|site_?key|_key_id$|_ttl$|_length$|_expir|_lifetime|_timeout|_prefix$|_header$|_table$|_broker$)"
)
FILL_ME_IN = re.compile(r"(?i)(isi di sini|null|none|\.\.\.|x{3,}|)")

REAL = Rule(
    "env-secret",
    "kritis",
    "Berkas .env yang berisi rahasia ikut tersimpan di repositori.",
    "A committed .env holds a secret.",
    MOVE,
)
IN_EXAMPLE = Rule(
    "env-example-secret",
    "tinggi",
    "Contoh .env berisi nilai rahasia yang tampak sungguhan.",
    "An example .env holds a value that looks real.",
    "Kosongkan nilainya atau tulis ISI DI SINI, lalu ganti rahasianya.",
)
COMMITTED = Rule(
    "env-committed",
    "sedang",
    "Berkas .env ikut tersimpan di repositori.",
    "A .env file is committed.",
    "Hapus dari git (git rm --cached) dan tambahkan ke .gitignore; simpan hanya .env.example.",
)
DEBUG = Rule(
    "env-debug",
    "tinggi",
    "APP_DEBUG=true pada lingkungan produksi.",
    "APP_DEBUG=true in production.",
    "Tulis APP_DEBUG=false.",
)
RULES = (REAL, IN_EXAMPLE, COMMITTED, DEBUG)


def is_env(path: str) -> bool:
    """Whether a path is a dotenv file: ``.env``, ``.env.production``, ``prod.env``."""
    name = PurePosixPath(path).name.lower()
    return (
        name == ".env"
        or name.startswith((".env.", ".env-", ".env_"))
        or name.endswith(".env")
        or name == "env"
    )


def is_example(path: str) -> bool:
    """Whether a dotenv file is meant to be committed."""
    name = PurePosixPath(path).name.lower()
    return any(word in re.split(r"[._-]", name) for word in EXAMPLES)


def find(path: str, text: str) -> tuple[RawFlaw, ...]:
    """What is wrong in one dotenv file."""
    values = _values(text)
    example = is_example(path)
    flaws = [
        _flaw(IN_EXAMPLE if example else REAL, path, line, name)
        for line, name, value in values
        if (_is_real_in_example(name, value) if example else _is_real(name, value))
    ]
    plain = {name.upper(): value.lower() for _, name, value in values}
    if not example:
        if values and not flaws:
            flaws.append(_flaw(COMMITTED, path, 1, ""))
        if plain.get("APP_DEBUG") in {"true", "1"} and plain.get("APP_ENV", "").startswith("prod"):
            flaws.append(_flaw(DEBUG, path, 1, "APP_DEBUG"))
    return tuple(flaws)


def _values(text: str) -> list[tuple[int, str, str]]:
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = LINE.match(line)
        if match:
            value = re.sub(r"\s+#.*$", "", match["nilai"]).strip().strip("'\"").strip()
            found.append((number, match["nama"], value))
    return found


def _is_real(name: str, value: str) -> bool:
    """In a .env that is used, every value of a secret counts, plain words such as ``secret`` too."""
    if not SECRET_NAME.search(name) or PUBLIC_NAME.search(name):
        return False
    return FILL_ME_IN.fullmatch(value) is None and not re.match(r"\$\{?\w+\}?$", value)


def _is_real_in_example(name: str, value: str) -> bool:
    return (
        _is_real(name, value)
        and not is_reference(value)
        and not is_placeholder(value)
        and looks_random(value)
    )


def _flaw(rule: Rule, path: str, line: int, name: str) -> RawFlaw:
    return RawFlaw(rule.id, rule.severity, path, line, name, rule.message_id, rule.message_en)
