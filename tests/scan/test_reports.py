from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from automation.cli import run
from automation.core.documents import ScanReport
from automation.scan import ScanCache, closes_gate, ruleset_digest, scan_commit, to_json, to_sarif
from automation.scan.catalogue import catalogue, rule_files
from automation.scan.output import from_json
from automation.scan.records import SEVERITIES
from tests.scan.world import commit

BAD = "<?php\necho 1;\neval($x);\necho 2;\neval($x);\n"


def report_of(folder: Path, text: str) -> ScanReport:
    return scan_commit(folder / "r", commit(folder / "r", {"a.php": text}))


def test_fingerprints_stay_when_lines_are_put_in_above(tmp_path: Path) -> None:
    before = report_of(tmp_path, BAD)
    after = report_of(tmp_path, BAD.replace("<?php\n", "<?php\n\n// baris baru\n$y = 1;\n"))
    assert [flaw.line for flaw in before.flaws] == [3, 5]
    assert [flaw.line for flaw in after.flaws] == [6, 8]
    assert [flaw.fingerprint for flaw in before.flaws] == [flaw.fingerprint for flaw in after.flaws]


def test_equal_flaws_in_one_file_have_fingerprints_of_their_own(tmp_path: Path) -> None:
    flaws = report_of(tmp_path, BAD).flaws
    assert len({flaw.fingerprint for flaw in flaws}) == len(flaws) == 2


def test_a_report_comes_back_from_json_as_it_was(tmp_path: Path) -> None:
    report = report_of(tmp_path, BAD + "// nosemgrep\n")
    assert from_json(json.loads(json.dumps(to_json(report)))) == report


def test_two_scans_of_one_commit_are_equal(tmp_path: Path) -> None:
    made = commit(tmp_path / "r", {"a.php": BAD, "b.js": "eval(x)\n", "c.py": "import os\nos.system(x)\n"})
    assert scan_commit(tmp_path / "r", made) == scan_commit(tmp_path / "r", made)


def test_sarif_says_unsuccessful_when_a_source_was_not_scanned(tmp_path: Path) -> None:
    sarif = to_sarif(
        scan_commit(tmp_path / "r", commit(tmp_path / "r", {"a.php": BAD, "b.java": "class B {}"}))
    )
    ran = sarif["runs"][0]
    assert [result["ruleId"] for result in ran["results"]] == ["php-eval", "php-eval"]
    assert {result["level"] for result in ran["results"]} == {"error"}
    assert ran["invocations"][0]["executionSuccessful"] is False
    assert ran["tool"]["driver"]["rules"][0]["properties"]["security-severity"] == "9.5"


def test_every_rule_has_a_severity_two_languages_and_a_remedy() -> None:
    for rule in catalogue().values():
        assert rule.severity in SEVERITIES
        assert all([rule.message_id, rule.message_en, rule.remedy_id])
    shipped = {
        path.split("/")[1].removesuffix(".yml") for path in rule_files() if not path.startswith("utils/")
    }
    assert shipped <= set(catalogue())
    assert len([path for path in rule_files() if path.startswith("php/")]) >= 15
    assert len([path for path in rule_files() if path.startswith("javascript/")]) >= 8


def test_the_cache_answers_for_the_same_tree_and_rules_only(tmp_path: Path) -> None:
    cache = ScanCache(tmp_path / "simpan")
    first = commit(tmp_path / "r", {"a.php": BAD})
    report = cache.scan(tmp_path / "r", first)
    assert cache.get(report.tree, ruleset_digest()) == report
    assert cache.get(report.tree, "0" * 64) is None
    cache.put(replace(report, files_scanned=99))
    assert cache.scan(tmp_path / "r", first).files_scanned == 99


def test_a_broken_cache_file_is_never_a_clean_report(tmp_path: Path) -> None:
    cache = ScanCache(tmp_path / "simpan")
    made = commit(tmp_path / "r", {"a.php": BAD})
    cache.scan(tmp_path / "r", made)
    for text in ("", "{}", "[]", '{"format": "laik/pindai/1"}', "null"):
        (kept,) = (tmp_path / "simpan").iterdir()
        kept.write_text(text)
        assert closes_gate(cache.scan(tmp_path / "r", made))


def test_a_report_with_unscanned_files_is_not_kept(tmp_path: Path) -> None:
    cache = ScanCache(tmp_path / "simpan")
    assert cache.scan(tmp_path / "r", commit(tmp_path / "r", {"a.java": "class A {}"})).unscanned
    assert not (tmp_path / "simpan").exists()


def test_the_command_line_shows_place_and_remedy_and_exits_with_1(tmp_path: Path, capsys) -> None:
    commit(tmp_path / "r", {"a.php": BAD, "b\n\x1b[31m.php": "<?php echo ;"})
    assert run(["scan", "--repo", str(tmp_path / "r")]) == 1
    shown = capsys.readouterr().out
    assert "a.php:3" in shown
    assert "Hapus eval" in shown
    assert "TIDAK TERPINDAI  b\\n\\x1b[31m.php" in shown
    assert "\x1b" not in shown


def test_the_command_line_exits_with_0_for_a_clean_commit_and_writes_json(tmp_path: Path, capsys) -> None:
    made = commit(tmp_path / "r", {"a.php": "<?php echo 1;\n"})
    assert run(["scan", "--repo", str(tmp_path / "r"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["commit"] == made
    assert run(["scan", "--repo", str(tmp_path / "r"), "--sarif"]) == 0
    assert json.loads(capsys.readouterr().out)["version"] == "2.1.0"
    assert run(["scan", "--repo", str(tmp_path / "r"), "--commit", "tidak-ada"]) == 1
