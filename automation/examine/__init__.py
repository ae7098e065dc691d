"""Examine: read every fact that the health check judges. Nothing is written, here or on the forge.

One fault hides nothing that can still be read: each fact is asked for by itself, and one that cannot be read
becomes an :class:`~automation.core.health.Unread` with the reason. Only when the forge does not answer at all
is it asked no further, since each question would wait for it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from automation.core.catalogue import Catalogue
from automation.core.errors import LaikError
from automation.core.health import Diagnosis, Unread
from automation.core.health_forge import judge_forge
from automation.core.health_hooks import judge_address
from automation.core.health_machine import judge_machine
from automation.core.health_office import judge_office
from automation.core.health_project import judge_project
from automation.core.policy import Known
from automation.core.text import Bilingual
from automation.examine.door import is_local
from automation.examine.machine import read_machine
from automation.examine.office import Installed, read_office
from automation.examine.remote import read_forge
from automation.forges.base import Forge
from automation.settings import Settings

__all__ = ["Examined", "examine"]

Begin = Callable[[Bilingual], None]
"""Told what is looked at now, for a line of progress."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The diagnoses, and where the live scene may be played: the group of the case files, if it was read."""

    checks: tuple[Diagnosis, ...]
    case_files: str


def examine(
    settings: Settings,
    problems: Sequence[LaikError],
    forge: Forge | Unread,
    *,
    environment: Mapping[str, str],
    versions: Catalogue,
    known: Known,
    now: Callable[[], datetime],
    begin: Begin = lambda _: None,
) -> Examined:
    """Every check that needs no writing.

    Args:
        settings: as far as they could be read (:func:`automation.settings.survey`).
        problems: what is wrong with them.
        forge: the adapter, or why there is none.
        environment: where the settings came from; names the secret files.
        versions: the SOPs of this installation.
        known: what the policy may name.
        now: aware time.
        begin: told of each part.
    """
    begin(Bilingual("mesin ini", "this machine"))
    checks = list(judge_machine(read_machine(settings, tuple(problems), environment, versions)))
    hook_url = settings.hook_url
    secrets = len(settings.hook_secrets) + len(settings.hook_signing)
    checks += judge_address(hook_url, secrets, local=is_local(hook_url))
    begin(Bilingual("forge", "the forge"))
    remote = read_forge(settings, forge, now)
    checks += judge_forge(remote.facts)
    office = read_office(settings, remote, Installed(versions.newest, known), now().date(), begin)
    for project in office.projects:
        checks += judge_project(project)
    checks += judge_office(office.facts)
    return Examined(tuple(checks), office.case_files)
