from __future__ import annotations

import json

import pytest

from automation.collect.sarif import read_sarif
from automation.core.errors import UnreadableDocument


def run(*results: object, **changes: object) -> dict[str, object]:
    rules = [
        {"id": "r-high", "properties": {"security-severity": "9.8"}},
        {"id": "r-note", "defaultConfiguration": {"level": "note"}},
    ]
    return {
        "tool": {"driver": {"name": "Alat", "version": "1.2", "rules": rules}},
        "invocations": [{"executionSuccessful": True}],
        "results": list(results),
        **changes,
    }


def read(*runs: object, **changes: object):
    return read_sarif(json.dumps({"version": "2.1.0", "runs": runs, **changes}).encode(), path="ci.sarif")


def result(rule: str = "r-note", **changes: object) -> dict[str, object]:
    place = {"artifactLocation": {"uri": "app/a%20b.php"}, "region": {"startLine": 7}}
    return {
        "ruleId": rule,
        "message": {"text": "Pesan\nalat"},
        "locations": [{"physicalLocation": place}],
        **changes,
    }


def test_a_result_becomes_a_flaw_with_tool_place_and_message():
    (flaw,) = read(run(result())).flaws
    assert (flaw.rule, flaw.path, flaw.line, flaw.message_id, flaw.source, flaw.severity) == (
        "r-note",
        "app/a b.php",
        7,
        "Pesan alat",
        "Alat 1.2",
        "rendah",
    )


@pytest.mark.parametrize(
    ("given", "severity"),
    [
        (result("r-high"), "kritis"),
        (result("r-note", level="error"), "tinggi"),
        (result("lain"), "sedang"),
        (result("lain", level="none"), "info"),
        (result("lain", level="remeh"), "tinggi"),
        (result("lain", properties={"security-severity": "7.0"}), "tinggi"),
        (result("lain", properties={"security-severity": "nan"}), "sedang"),
        (result("lain", properties={"security-severity": "-1"}), "sedang"),
        ({"ruleIndex": 0, "message": {}}, "kritis"),
        ({"ruleIndex": 99, "message": {}}, "sedang"),
    ],
)
def test_severity_comes_from_score_then_result_then_rule(given, severity):
    assert read(run(given)).flaws[0].severity == severity


def test_results_that_passed_or_are_gone_are_no_flaws_and_suppressed_ones_are():
    report = read(
        run(result(kind="pass"), result(baselineState="absent"), result(suppressions=[{"kind": "inSource"}]))
    )
    assert len(report.flaws) == 1
    assert report.suppressions == (("app/a b.php", 7, "r-note"),)


def test_the_same_flaw_has_the_same_fingerprint_wherever_it_moves():
    moved = result(partialFingerprints={"a": "x"})
    first = read(run(moved)).flaws[0]
    moved["locations"][0]["physicalLocation"]["region"]["startLine"] = 90  # type: ignore[index]
    assert read(run(moved)).flaws[0].fingerprint == first.fingerprint


@pytest.mark.parametrize(
    "broken",
    [
        read_sarif,
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"version": "2.1.0"}',
        b'{"version": "2.1.0", "runs": []}',
        b'{"version": "2.0.0", "runs": [{}]}',
        b'{"version": "2.1.0", "runs": [], "runs": [{}]}',
        b'{"version": "2.1.0", "runs": ' + b"9" * 10_000 + b"}",
    ][1:],
)
def test_what_is_no_sarif_log_is_refused(broken):
    with pytest.raises(UnreadableDocument):
        read_sarif(broken, path="ci.sarif")


@pytest.mark.parametrize(
    "change",
    [
        {"invocations": []},
        {"invocations": None},
        {"invocations": [{"executionSuccessful": False}]},
        {"invocations": [{"executionSuccessful": True}, {}]},
        {"invocations": [{"executionSuccessful": "true"}]},
        {"tool": {}},
        {"results": None},
    ],
)
def test_a_run_that_does_not_say_it_succeeded_is_refused(change):
    with pytest.raises(UnreadableDocument):
        read(run(), run(**change))


def test_odd_shapes_inside_a_result_do_no_harm():
    odd = {"ruleId": 5, "message": "x", "locations": {}, "fingerprints": [], "suppressions": "ya"}
    (flaw,) = read(run(odd)).flaws
    assert (flaw.rule, flaw.path, flaw.line) == ("tanpa-aturan", "", 0)
