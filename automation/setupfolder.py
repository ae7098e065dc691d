"""The installation's folder on disk: answers, settings and secrets, each written once, never over another.

Secrets lie in ``rahasia`` (mode 0700) in files of mode 0600; ``awal.yaml`` and ``laik.env`` hold none.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from automation.core.errors import InvalidRequest, UnreadableDocument, Where
from automation.core.procedure import Procedure
from automation.core.setupanswers import ANSWERS_FILE, SECRETS_FOLDER, SETTINGS_FILE, Answers
from automation.core.setupfiles import (
    APP_KEY,
    HOOK_SECRET,
    TOKEN,
    read_settings,
    settings_of,
    starter,
    write_settings,
)
from automation.core.text import Bilingual
from automation.forges.wire import about_to_write
from automation.settingvalues import secrets as words_of

PLAIN, SECRET, PRIVATE = 0o640, 0o600, 0o700
MAX_ANSWERS = 100_000  # bytes


class SetupFolder:
    """One folder, by its absolute path."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        if any(one in "'\\\"" or not one.isprintable() for one in str(self.path)):
            raise _bad_name(self.path)

    @property
    def answers_file(self) -> Path:
        """``awal.yaml``."""
        return self.path / ANSWERS_FILE

    @property
    def settings_file(self) -> Path:
        """``laik.env``."""
        return self.path / SETTINGS_FILE

    @property
    def secrets(self) -> Path:
        """The folder of the secrets."""
        return self.path / SECRETS_FOLDER

    def begin(self, forge: Literal["gitlab", "github"], procedure: Procedure) -> bool:
        """Make the folder with ``awal.yaml`` to fill in; False where there is one already."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.make_private(self.secrets)
        if self.answers_file.exists():
            return False
        return _write_new(self.answers_file, starter(forge, procedure), PLAIN)

    def read(self) -> bytes:
        """The text of ``awal.yaml``.

        Raises:
            UnreadableDocument: it cannot be read, or is no such file.
        """
        try:
            with self.answers_file.open("rb") as file:
                return file.read(MAX_ANSWERS + 1)
        except OSError:
            raise UnreadableDocument(
                Bilingual(f"{ANSWERS_FILE} tidak terbaca.", f"{ANSWERS_FILE} cannot be read."),
                remedy=Bilingual("Periksa hak baca berkas itu.", "Check who may read that file."),
                where=Where(file=str(self.answers_file)),
            ) from None

    def environment(self, answers: Answers) -> dict[str, str]:
        """The settings that follow from the answers."""
        return settings_of(answers, str(self.path))

    def require_login(self, answers: Answers) -> None:
        """Hold that laik's token, or the App's key, is where it belongs.

        Raises:
            InvalidRequest: saying how to put it there.
        """
        file = self.secrets / (APP_KEY if answers.forge.id_app else TOKEN)
        if not file.is_file():
            raise InvalidRequest(
                Bilingual(f"{file} belum ada.", f"{file} is not there yet."),
                remedy=Bilingual(
                    f"Taruh isinya tanpa tercatat shell: umask 077; cat > '{file}', tempel, lalu Ctrl-D.",
                    f"Put it there past the shell's history: umask 077; cat > '{file}', paste, then Ctrl-D.",
                ),
                where=Where(file=str(file)),
            )

    def open_to_others(self) -> list[Path]:
        """Secrets, and their folder, that others than the owner may read."""
        files = sorted(self.secrets.iterdir()) if self.secrets.is_dir() else []
        return [one for one in (self.secrets, *files) if one.exists() and one.stat().st_mode & 0o077]

    # ---- the webhooks' secret

    def has_hook_secret(self) -> bool:
        """Whether there is a secret; then every webhook to laik's address was made with it."""
        return (self.secrets / HOOK_SECRET).exists()

    def hook_secret(self) -> str:
        """The secret that webhooks get, the newest where several are accepted."""
        return words_of({HOOK_SECRET: str(self.secrets / HOOK_SECRET)}, HOOK_SECRET)[0]

    def make_hook_secret(self) -> None:
        """A new one, where there is none."""
        if not self.has_hook_secret():
            about_to_write()
            self.make_private(self.secrets)
            _write_new(self.secrets / HOOK_SECRET, secrets.token_hex(32) + "\n", SECRET)

    # ---- the settings

    def settings(self) -> dict[str, str]:
        """What ``laik.env`` sets; it is read as data, and no shell ever runs it.

        Raises:
            UnreadableDocument: it cannot be read, or is no such file.
        """
        try:
            with self.settings_file.open("rb") as file:
                text = file.read(MAX_ANSWERS).decode("utf-8", errors="replace")
        except OSError:
            raise UnreadableDocument(
                Bilingual(
                    f"{SETTINGS_FILE} tidak ada atau tidak terbaca.", f"{SETTINGS_FILE} cannot be read."
                ),
                remedy=Bilingual(
                    f"Sebut folder pemasangan dari 'laik init', atau jalankan: laik init '{self.path}'",
                    f"Name the folder of 'laik init', or run: laik init '{self.path}'",
                ),
                where=Where(file=str(self.settings_file)),
            ) from None
        return {name: value for name, value in read_settings(text).items() if name.startswith("LAIK_")}

    def settings_differ(self, answers: Answers) -> list[str] | None:
        """Settings in ``laik.env`` that say otherwise than the answers; None where there is no such file."""
        if not self.settings_file.exists():
            return None
        standing = self.settings()
        return [name for name, value in self.environment(answers).items() if standing.get(name) != value]

    def write_settings(self, answers: Answers) -> None:
        """``laik.env``, where there is none."""
        if not self.settings_file.exists():
            about_to_write()
            _write_new(self.settings_file, write_settings(self.environment(answers)), PLAIN)

    def make_private(self, folder: Path) -> None:
        """A folder for its owner alone; one that exists stays as it is."""
        if not folder.exists():
            about_to_write()
            folder.mkdir(mode=PRIVATE)
            folder.chmod(PRIVATE)  # the process's own mask may have taken away more, never less


def _write_new(path: Path, text: str, mode: int) -> bool:
    """A whole new file or none; False where somebody was faster. Never over what exists, nor through a link.

    Written beside and linked into place, so that a run that is cut short leaves no half a file there.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(beside, flags, mode), "w", encoding="utf-8") as file:
            os.fchmod(file.fileno(), mode)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        return _taken_place(lambda: os.link(beside, path))
    finally:
        beside.unlink(missing_ok=True)


def _taken_place(link: Callable[[], None]) -> bool:
    try:
        link()
    except FileExistsError:
        return False
    return True


def _bad_name(path: Path) -> InvalidRequest:
    return InvalidRequest(
        Bilingual(
            "Nama folder memuat tanda kutip, garis miring balik, atau baris baru.",
            "The folder's name holds a quote, a backslash or a line break.",
        ),
        remedy=Bilingual(
            "Pilih folder lain: namanya tertulis dalam laik.env.",
            "Choose another folder: its name stands in laik.env.",
        ),
        where=Where(file=repr(str(path))),
    )
