"""Organise: labels, board and hooks of the organisation's own projects; safe to run again."""

from __future__ import annotations

from collections.abc import Iterable

from automation.bots.provisioner import labels, phase_label
from automation.bots.timekeeper import DONE
from automation.core.procedure import Procedure
from automation.forges.base import Forge, Hook, Label
from automation.observe.office import Office
from automation.provision import BOARD

EXTRA = (
    Label(DONE, "#1aaa55", "Kasus selesai"),
    Label("penyimpangan", "#d9534f", "Cabang hosting menyimpang"),
)


def organise(forge: Forge, office: Office, procedures: Iterable[Procedure], hook: Hook | None) -> int:
    """Make what is missing; the number of things written."""
    written = 0
    phases: dict[str, None] = {}
    for procedure in procedures:
        wished = [Label(one.name, one.color, one.description) for one in labels(procedure)]
        written += forge.ensure_labels(office.control.id, wished)
        phases.update(dict.fromkeys(phase_label(phase.key) for phase in procedure.phases))
    written += forge.ensure_labels(office.control.id, EXTRA)
    written += forge.ensure_board_lists(office.control.id, BOARD, list(phases))
    if hook is not None:
        for project in (office.control, office.hosting, office.secret):
            written += forge.ensure_hook(project.id, hook)
    return written
