"""The SOPs of an installation, in every version that is there.

A new case starts under the newest version of its SOP; a running case keeps the one it started with until
somebody in authority moves it (``core/migration.py``). So older versions stay installed beside newer ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from automation.core.errors import InvalidProcedure
from automation.core.procedure import Procedure
from automation.core.text import Bilingual


def version_order(version: str) -> tuple[int, ...]:
    """``2021.10`` comes after ``2021.9``."""
    return tuple(int(part) for part in version.split("."))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Procedures by (id, version)."""

    versions: Mapping[tuple[str, str], Procedure]

    @classmethod
    def of(cls, procedures: Iterable[Procedure]) -> Catalogue:
        """The catalogue of these.

        Raises:
            InvalidProcedure: two of them have the same id and version and are not the same.
        """
        found: dict[tuple[str, str], Procedure] = {}
        for one in procedures:
            there = found.setdefault((one.id, one.version), one)
            if there != one:
                raise _twice(one)
        return cls(found)

    @property
    def newest(self) -> Mapping[str, Procedure]:
        """The newest version of each, by id in order of id."""
        ordered = sorted(self.versions.values(), key=lambda one: (one.id, version_order(one.version)))
        return {one.id: one for one in ordered}

    def get(self, sop: str, version: str) -> Procedure | None:
        """One version; None when it is not installed."""
        return self.versions.get((sop, version))


def _twice(procedure: Procedure) -> InvalidProcedure:
    return InvalidProcedure(
        Bilingual(
            f"SOP '{procedure.id}' versi {procedure.version} ada dua kali dengan isi berbeda.",
            f"The SOP '{procedure.id}' version {procedure.version} is there twice, with different content.",
        ),
        remedy=Bilingual(
            "Isi yang berubah memerlukan nomor versi baru; kasus berjalan terikat pada yang lama.",
            "Changed content needs a new version number; running cases are bound to the old one.",
        ),
    )
