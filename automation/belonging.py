"""Whose store this is: the ledger says which projects it was written about, and every start is held to it.

The ledger, the links and the mirrors name projects and issues by the forge's numbers, and those mean
something else on every other forge. An attack, and a mishap that is as bad:

- The control project is renamed and somebody who may make projects takes its old name: at the next start his
  policy would say who holds which role. Likewise the hosting project, or the one with the security reports.
- The state folder of a trial is used with the real forge: its issue 7 would find case 7's approvals given.

So the control project must be the same number on the same kind of forge, with the first commit it always had;
the others the same number as long as the policy gives them the same path.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from automation.collect.mirror import Mirror
from automation.core.errors import LaikError, Where
from automation.core.text import Bilingual
from automation.forges.base import Project
from automation.store.ledger import JSON, Ledger

LEDGER_KEY = "!organisasi"
CONTROL = "kendali"


class OtherProject(LaikError):
    """The store was written about another project or another forge; nothing is done on this one."""


class Belonging:
    """Holds the organisation's own projects to what the ledger says of them; asks it once a process."""

    def __init__(self, ledger: Ledger, forge: str, *, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._forge = forge
        self._now = now
        self._held: set[tuple[str, str, int]] = set()

    def hold(self, name: str, path: str, project: Project, mirror: Mirror | None = None) -> None:
        """Remember a project the first time, and refuse another one in its place ever after.

        Args:
            name: ``kendali``, ``hosting`` or ``rahasia``.
            path: where settings or policy say it is.
            project: what was found there.
            mirror: of the control project, whose first commit is compared.

        Raises:
            OtherProject: it is another one.
        """
        this = (name, path.casefold(), project.id)
        if this in self._held:
            return
        roots = mirror.roots(project.default_branch) if mirror is not None else ()
        known = self._known(name)
        same_forge = known is None or known["forge"] == self._forge
        if known is not None and known["project"] == project.id and same_forge:
            if known["root"] and known["root"] not in roots:
                raise _another(name, path)
        elif known is not None and (name == CONTROL or not same_forge or known["path"] == path.casefold()):
            raise _another(name, path)
        else:
            self._remember(name, path, project, roots[0] if roots else "")
        self._held.add(this)

    def _known(self, name: str) -> Mapping[str, JSON] | None:
        told = [one.body for one in self._ledger.entries(LEDGER_KEY) if one.body.get("name") == name]
        return told[-1] if told else None

    def _remember(self, name: str, path: str, project: Project, root: str) -> None:
        body: dict[str, JSON] = {
            "name": name,
            "forge": self._forge,
            "path": path.casefold(),
            "project": project.id,
            "root": root,
        }
        expected = self._ledger.last_seq(LEDGER_KEY)
        self._ledger.append(LEDGER_KEY, "belongs", body, at=self._now(), expect=expected)


def _another(name: str, path: str) -> OtherProject:
    return OtherProject(
        Bilingual(
            f"Proyek {name} di '{path}' bukan proyek yang dicatat buku besar ini: nomor, jenis forge, atau"
            " commit pertamanya lain.",
            f"The project {name} at '{path}' is not the one this ledger was written about: its number, kind"
            " of forge or first commit is another.",
        ),
        remedy=Bilingual(
            "Bila proyek itu berganti nama, tulis jalur barunya dan periksa siapa yang memakai nama lamanya."
            " Untuk forge lain pakai LAIK_STATE dan LAIK_STORE yang baru.",
            "If it was renamed, give its new path and look who took the old name. For another forge use a new"
            " LAIK_STATE and LAIK_STORE.",
        ),
        where=Where(file=path),
    )
