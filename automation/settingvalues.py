"""Reading one setting: its text, a file it names, a number; every refusal names the variable."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path

from automation.core.errors import LaikError, Where
from automation.core.text import Bilingual

Server = tuple[str, int]
MAX_SECRETS = 10


class MissingSetting(LaikError):
    """A setting that laik cannot do without is not there or unreadable."""


def required(values: Mapping[str, str], name: str) -> str:
    """A setting that must be there, without the space around it."""
    value = values.get(name, "").strip()
    if not value:
        raise missing(name, "belum diisi", "is not set")
    return value


def secret(values: Mapping[str, str], name: str) -> str:
    """The one word in the file that the setting names."""
    found = _words(name, file_text(values, name))
    if len(found) != 1:
        raise missing(
            name, "menunjuk berkas yang isinya bukan satu kata", "names a file that holds more than one word"
        )
    return found[0]


def secrets(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Secrets one a line, the newest first; none where the setting is empty."""
    if not values.get(name, "").strip():
        return ()
    found = _words(name, file_text(values, name))
    if len(found) > MAX_SECRETS:
        raise missing(name, f"memuat lebih dari {MAX_SECRETS} baris", f"holds more than {MAX_SECRETS} lines")
    return found


def file_text(values: Mapping[str, str], name: str) -> str:
    """The text of the file that the setting names; it never shows in a refusal."""
    try:
        text = Path(required(values, name)).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise missing(
            name, "menunjuk berkas yang tidak terbaca", "names a file that cannot be read"
        ) from None
    if not text.strip():
        raise missing(name, "menunjuk berkas kosong", "names an empty file")
    return text


def _words(name: str, text: str) -> tuple[str, ...]:
    words = tuple(line.strip() for line in text.strip().splitlines() if line.strip())
    for word in words:
        if not word.isascii() or not word.isprintable() or " " in word:
            # It becomes a header: libraries that refuse a broken one repeat it in their message.
            raise missing(
                name,
                "menunjuk berkas dengan baris yang bukan satu kata",
                "names a file with a line that is more than one word",
            )
    return words


def number(name: str, text: str) -> int:
    """A whole number above 0."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15 and int(text) > 0):
        raise missing(name, "harus berupa bilangan", "must be a number")
    return int(text)


def server(values: Mapping[str, str], name: str) -> Server | None:
    """``host:port``, or None while it is empty."""
    text = values.get(name, "").strip()
    if not text:
        return None
    host, _, port = text.rpartition(":")
    if not host or not _is_port(port):
        raise missing(name, "harus berbentuk alamat:porta", "must look like host:port")
    return host, int(port)


def port(values: Mapping[str, str], name: str, *, default: int) -> int:
    """A port number."""
    text = values.get(name, "").strip() or str(default)
    if not _is_port(text):
        raise missing(name, "harus berupa nomor porta 1-65535", "must be a port number 1-65535")
    return int(text)


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and 0 < int(text) < 65536


def program(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    """A command line as its words; run without a shell."""
    try:
        return tuple(shlex.split(values.get(name, "")))
    except ValueError:
        raise missing(name, "memuat tanda kutip yang tidak ditutup", "holds an unclosed quote") from None


def missing(name: str, problem: str, english: str) -> MissingSetting:
    """The refusal of one setting."""
    return MissingSetting(
        Bilingual(f"Setelan {name} {problem}.", f"The setting {name} {english}."),
        remedy=Bilingual(
            "Isi variabel lingkungan itu; lihat README bagian Memasang. Yang ditulis 'laik init' dimuat"
            " dengan: set -a; . FOLDER/laik.env; set +a",
            "Set that environment variable; see the README, section Installing. What 'laik init' wrote is"
            " loaded with: set -a; . FOLDER/laik.env; set +a",
        ),
        where=Where(file=name),
    )
