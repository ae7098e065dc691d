from __future__ import annotations

import time
from pathlib import Path

from automation.scan import closes_gate, scan_commit
from tests.scan.laravel_sample import FILES
from tests.scan.world import commit


def test_a_clean_laravel_application_passes_with_every_source_scanned(tmp_path: Path) -> None:
    report = scan_commit(tmp_path / "r", commit(tmp_path / "r", dict(FILES)))
    assert report.unscanned == ()
    assert [flaw for flaw in report.flaws if flaw.severity != "info"] == []
    assert report.suppressions == ()
    assert report.files_scanned == sum(
        path.endswith((".php", ".js", ".vue", ".sh")) or path == "artisan" for path in FILES
    )


def test_one_planted_flaw_closes_the_gate_of_that_same_application(tmp_path: Path) -> None:
    view = str(FILES["resources/views/permohonan/index.blade.php"])
    files = {
        **FILES,
        "resources/views/permohonan/index.blade.php": view.replace("{{ $message }}", "{!! $message !!}"),
    }
    report = scan_commit(tmp_path / "r", commit(tmp_path / "r", files))
    assert [(flaw.rule, flaw.line) for flaw in report.flaws] == [("blade-raw-echo", 8)]
    assert closes_gate(report)


def test_a_hundred_files_are_scanned_in_seconds(tmp_path: Path) -> None:
    sources = {path: text for path, text in FILES.items() if path.endswith(".php")}
    files = {f"modul{n}/{path}": text for n in range(8) for path, text in sources.items()}
    assert len(files) >= 100
    made = commit(tmp_path / "r", dict(files))
    started = time.perf_counter()
    report = scan_commit(tmp_path / "r", made)
    assert report.files_scanned == len(files)
    assert time.perf_counter() - started < 10  # 0.6 s alone on 2 cores; room for a busy machine
