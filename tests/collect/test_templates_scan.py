"""A fresh application passes laik's own scan: a template must not start anybody with a finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from automation.collect.templates import bundled
from automation.core.render import render_tree
from automation.localforge.git import Repository
from automation.localforge.gitrecords import FileChange
from automation.scan import scan_commit


@pytest.mark.parametrize("title", ["Antrean Puskesmas", "{{ 7*7 }} \"x\" 'y' ${APP_KEY} <?php"])
def test_the_scan_finds_a_fresh_application_clean(tmp_path: Path, title: str) -> None:
    source = bundled()["php-laravel"]
    files = render_tree(source, {**source.manifest.examples(), "nama_aplikasi": title})
    repository = Repository(tmp_path / "aplikasi.git")
    repository.init()
    commit = repository.commit_files(
        "main",
        parent=None,
        message="Kerangka aplikasi",
        author_name="laik",
        author_email="laik@contoh.go.id",
        changes=[FileChange(file.path, file.content, file.executable) for file in files],
    )
    report = scan_commit(tmp_path / "aplikasi.git", commit)
    assert (report.flaws, report.unscanned, report.suppressions) == ((), (), ())
    assert report.files_scanned > 10
