"""Organise: labels, board and hooks of the organisation's own projects; safe to run again."""

from __future__ import annotations

from collections.abc import Iterable

from automation.bots.provisioner import labels, phase_label
from automation.bots.timekeeper import DONE, LATE, NEAR
from automation.core.procedure import Procedure
from automation.forges.base import Forge, Hook, Label
from automation.observe.office import Office
from automation.provision import BOARD

EXTRA = (
    Label(DONE, "#1aaa55", "Kasus selesai"),
    Label(NEAR, "#f0ad4e", "Tenggat langkah sudah dekat"),
    Label(LATE, "#d9534f", "Tenggat langkah sudah lewat"),
    Label("penyimpangan", "#d9534f", "Cabang hosting menyimpang"),
)


def organise(forge: Forge, office: Office, procedures: Iterable[Procedure], hook: Hook | None) -> int:
    """Make what is missing; the number of things written."""
    sops = list(procedures)
    written = forge.ensure_labels(office.control.id, labels_of(sops))
    written += forge.ensure_board_lists(office.control.id, BOARD, columns_of(sops))
    if hook is not None:
        for project in (office.control, office.hosting, office.secret):
            written += forge.ensure_hook(project.id, hook)
    return written


def labels_of(procedures: Iterable[Procedure]) -> list[Label]:
    """The labels of the control project, each once: those of every SOP, and laik's own."""
    found = {one.name: one for procedure in procedures for one in labels(procedure)}
    return [*(Label(one.name, one.color, one.description) for one in found.values()), *EXTRA]


def columns_of(procedures: Iterable[Procedure]) -> list[str]:
    """The columns of its board in order: the phases of every SOP, each once."""
    phases = (phase_label(phase.key) for procedure in procedures for phase in procedure.phases)
    return list(dict.fromkeys(phases))
