"""The inventory as it is merged: every application's file on the control project's protected branch."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from automation.collect.mirror import Mirror
from automation.core.errors import LaikError
from automation.core.inventory import FOLDER, Record, read_record
from automation.observe.office import Office

log = logging.getLogger("laik.inventory")


def merged_records(office: Office) -> Mapping[str, Record | None] | None:
    """By path, None where a file cannot be read; None for all of it where its tree cannot be."""
    mirror, head = office.control_mirror, office.control_mirror.head(office.control.default_branch)
    if head is None:
        return None
    try:
        paths = [one.path for one in mirror.tree(head) if one.path.startswith(FOLDER)]
    except LaikError as problem:  # a tree beyond all bounds keeps nothing else from being looked at
        log.warning("the inventory cannot be read: %s", problem.explain())
        return None
    return {path: _record(mirror, head, path) for path in paths}


def _record(mirror: Mirror, head: str, path: str) -> Record | None:
    try:
        return read_record(mirror.read(head, path) or b"")
    except LaikError:  # too large: people's own doing
        return None
