"""Indonesian words for what the engine keeps in GitLab's, and the look that goes with a state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from automation.localforge.engine import stamp
from automation.localforge.permissions import DEVELOPER, GUEST, MAINTAINER, OWNER, REPORTER

STATES: Mapping[str, tuple[str, str]] = {
    "opened": ("terbuka", "open"),
    "closed": ("ditutup", "shut"),
    "merged": ("digabungkan", "done"),
    "active": ("berjalan", "open"),
    "success": ("berhasil", "good"),
    "failed": ("gagal", "bad"),
    "pending": ("menunggu", "wait"),
    "running": ("berjalan", "wait"),
    "created": ("dibuat", "wait"),
    "canceled": ("dibatalkan", "shut"),
    "skipped": ("dilewati", "shut"),
}
LEVELS: Mapping[int, str] = {
    GUEST: "Tamu (Guest)",
    REPORTER: "Pelapor (Reporter)",
    DEVELOPER: "Pengembang (Developer)",
    MAINTAINER: "Pengelola (Maintainer)",
    OWNER: "Pemilik (Owner)",
}
VISIBILITIES: Mapping[str, str] = {"private": "privat", "internal": "internal", "public": "publik"}
_MONTHS = (
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()  # noqa: SIM905
)


def state_word(state: str) -> str:
    """The word for a state of an issue, a merge request, a milestone or a status."""
    return STATES.get(state, (state, ""))[0]


def state_look(state: str) -> str:
    """The style class of a state; the word beside it says the same, so colour alone carries nothing."""
    return STATES.get(state, ("", "wait"))[1]


def level_word(level: int) -> str:
    """The word for a member's level."""
    return LEVELS.get(level, str(level))


def visibility_word(visibility: str) -> str:
    """The word for who may know of a project."""
    return VISIBILITIES.get(visibility, visibility)


def as_stamp(moment: str | datetime) -> str:
    """A moment as the tables keep it."""
    return stamp(moment) if isinstance(moment, datetime) else moment


def moment_words(moment: str | datetime) -> str:
    """``2 Maret 2026, 08.15 UTC``; a text that is no moment is shown as it stands."""
    try:
        at = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    except ValueError:
        return str(moment)
    at = at.astimezone(UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H.%M} UTC"


def date_words(day: str) -> str:
    """``2 Maret 2026`` from ``2026-03-02``; a text that is no date is shown as it stands."""
    try:
        at = datetime.fromisoformat(day)
    except ValueError:
        return day
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def size_words(size: int | None) -> str:
    """A file's size in words."""
    if size is None:
        return ""
    return f"{size} bita" if size < 1024 else f"{size / 1024:.1f} KiB".replace(".", ",")
