"""The SOPs of an installation, in every version that is there.

A new case starts under the newest version of its SOP; a running case keeps the one it started with until
somebody in authority moves it (``core/migration.py``). So older versions stay installed beside newer ones.

A version number alone pins a label: its file can be changed in place. So a case's ledger keeps the digest of
the content too (:func:`sop_digest`), and a case whose SOP reads otherwise now stands still, as one whose SOP
is not installed does, until the old content is back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from automation.core.digest import digest_of
from automation.core.errors import InvalidProcedure, Where
from automation.core.procedure import Procedure
from automation.core.text import Bilingual


def sop_digest(procedure: Procedure) -> str:
    """Hex SHA-256 of a SOP's content, as its file says it: before the policy confirms anything of it.

    Everything counts that laik decides by, and the words that people decide by (what is done at a step, who
    roles and documents are called). What is only about the SOP does not: the printed identity part, whose
    blank cells (number, dates, signature) offices are told to fill, and laik's remarks (``errata``,
    ``open_questions``, the ``notes`` of steps). Nothing is judged by those, and no card shows them.

    Values that are the records' defaults are left out, so that a record which learns a new optional key
    leaves the digest of every SOP that does not use it as it was.
    """
    content = procedure.model_dump(
        mode="json",
        exclude_defaults=True,
        exclude={"identity": True, "errata": True, "open_questions": True, "steps": {"__all__": {"notes"}}},
    )
    return digest_of(content)


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

    def pinned(self, sop: str, version: str, digest: str, *, case: str) -> Procedure:
        """The SOP that ``case`` is pinned to: its version, with the content that it had when it became so.

        ``digest`` is that content's (:func:`sop_digest`); empty where the ledger is from before laik kept
        it, and then the version alone is asked for.

        Raises:
            InvalidProcedure: that version is not installed, or reads otherwise now; the case stands still.
        """
        found = self.get(sop, version)
        if found is None:
            raise _absent(sop, version, case)
        if digest and sop_digest(found) != digest:
            raise _changed(sop, version, case)
        return found


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


def _absent(sop: str, version: str, case: str) -> InvalidProcedure:
    return InvalidProcedure(
        Bilingual(
            f"SOP '{sop}' versi {version} tidak tersedia.", f"SOP '{sop}' version {version} is not available."
        ),
        remedy=Bilingual(
            "Pasang kembali versi SOP itu dan mulai ulang laik; kasus tetap pada versi saat dimulai.",
            "Install that SOP version again and restart laik; a case keeps the version it started with.",
        ),
        where=Where(case=case),
    )


def _changed(sop: str, version: str, case: str) -> InvalidProcedure:
    return InvalidProcedure(
        Bilingual(
            f"SOP '{sop}' versi {version} berubah isinya sejak kasus diterima atau dipindahkan ke versi itu.",
            f"The content of SOP '{sop}' version {version} changed since the case was accepted under it or"
            " moved to it.",
        ),
        remedy=Bilingual(
            "Pasang kembali isi lama berkasnya dan mulai ulang laik: kasus berjalan lagi. Isi baru diberi"
            f" nomor versi baru dalam berkas lain ({sop}@<versi>.yaml); sesudah itu 'laik case migrate'"
            " memindahkan kasus.",
            "Put the old content of its file back and restart laik: the case goes on. Give the new content a"
            f" new version number in another file ({sop}@<version>.yaml); then 'laik case migrate' moves the"
            " case.",
        ),
        where=Where(case=case),
    )
