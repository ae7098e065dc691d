"""Scan reports kept by (tree, rule set): the same content under the same rules is scanned once."""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import replace
from pathlib import Path

from automation.core.documents import ScanReport
from automation.core.errors import ScanFailed
from automation.scan.catalogue import ruleset_digest
from automation.scan.limits import DEFAULT, Limits
from automation.scan.output import from_json, to_json
from automation.scan.scanner import scan_commit
from automation.scan.tree import list_tree

HEX = re.compile(r"[0-9a-f]{40,64}")


class ScanCache:
    """Reports in one folder that only laik writes to. A broken file counts as absent, never as clean."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, tree: str, ruleset: str) -> ScanReport | None:
        """The report of ``tree`` under ``ruleset``, if there is a readable one."""
        try:
            report = from_json(json.loads(self._file(tree, ruleset).read_bytes()))
        except (OSError, ValueError, AttributeError, ScanFailed):
            return None
        return report if (report.tree, report.ruleset) == (tree, ruleset) else None

    def put(self, report: ScanReport) -> None:
        """Keep ``report``: written beside, then renamed, so that a reader never sees half of it."""
        target = self._file(report.tree, report.ruleset)
        self._folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as sink:
                json.dump(to_json(report), sink, ensure_ascii=True)
                sink.flush()
                os.fsync(sink.fileno())
            Path(name).replace(target)
        finally:
            Path(name).unlink(missing_ok=True)

    def scan(self, repository: Path, commit: str, *, limits: Limits = DEFAULT) -> ScanReport:
        """The report of ``commit``, from the folder or made now.

        A report with unscanned files is not kept: the reason may have been a busy machine.

        Raises:
            ScanFailed: as :func:`automation.scan.scanner.scan_commit`.
        """
        known = self.get(list_tree(repository, commit).tree, ruleset_digest())
        if known:
            return replace(known, commit=commit)
        report = scan_commit(repository, commit, limits=limits)
        if not report.unscanned:
            self.put(report)
        return report

    def _file(self, tree: str, ruleset: str) -> Path:
        if not HEX.fullmatch(tree) or not HEX.fullmatch(ruleset):
            raise ValueError("tree and ruleset must be hexadecimal")
        return self._folder / f"{tree}-{ruleset[:16]}.json"
