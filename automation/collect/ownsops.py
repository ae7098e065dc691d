"""The SOPs of an installation: those that laik ships, and an organisation's own in a folder (``LAIK_SOP``).

A file of the organisation's own is ``<id>.yaml``, or ``<id>@<version>.yaml`` for versions that running cases
still need. One that is broken is left out and told; the others, and the cases under them, go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from automation.collect.procedures import bundled_versions, load_file
from automation.core.catalogue import Catalogue
from automation.core.errors import LaikError, UnreadableDocument, Where
from automation.core.procedure import Procedure
from automation.core.text import Bilingual


def installed(
    folder: Path | None, shipped: Mapping[str, Procedure] | None = None
) -> tuple[Catalogue, tuple[LaikError, ...]]:
    """Every version that is there, and why files of ``folder`` were left out.

    An organisation's own version of a SOP that laik ships stands beside laik's; with the same version number
    it must be the same. ``shipped`` are those that laik ships when None.
    """
    found: list[Procedure] = list(bundled_versions() if shipped is None else shipped.values())
    problems: list[LaikError] = []
    for path in _files(folder, problems):
        try:
            own = load_file(path)
            Catalogue.of([*found, own])
            found.append(own)
        except LaikError as problem:
            problems.append(problem)
    return Catalogue.of(found), tuple(problems)


def _files(folder: Path | None, problems: list[LaikError]) -> tuple[Path, ...]:
    if folder is None:
        return ()
    try:
        return tuple(sorted(one for one in folder.iterdir() if one.suffix == ".yaml"))
    except OSError as failure:
        reason = failure.strerror or type(failure).__name__
        problems.append(
            UnreadableDocument(
                Bilingual(
                    f"Folder SOP tidak dapat dibaca: {reason}.", f"The SOP folder cannot be read: {reason}."
                ),
                remedy=Bilingual(
                    "Perbaiki LAIK_SOP, atau hapus bila tidak ada SOP sendiri.",
                    "Mend LAIK_SOP, or remove it where there are no SOPs of your own.",
                ),
                where=Where(file=str(folder)),
            )
        )
        return ()


def newest(folder: Path | None) -> Mapping[str, Procedure]:
    """The newest version of each SOP, by id."""
    return installed(folder)[0].newest
