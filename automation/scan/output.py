"""A scan report as JSON and as SARIF 2.1.0 (OASIS), and back from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import quote

from automation.core.documents import ScanFlaw, ScanReport
from automation.core.errors import ScanFailed
from automation.core.text import Bilingual
from automation.scan.catalogue import catalogue
from automation.scan.sandbox import network_is_cut

FORMAT = "laik/pindai/1"
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVEL = {"kritis": "error", "tinggi": "error", "sedang": "warning", "rendah": "note", "info": "note"}
CVSS = {"kritis": "9.5", "tinggi": "8.0", "sedang": "5.5", "rendah": "2.5", "info": "0.0"}


def to_json(report: ScanReport) -> dict[str, Any]:
    """Plain values, with a format word."""
    return {"format": FORMAT, **asdict(report)}


def from_json(data: Mapping[str, Any]) -> ScanReport:
    """The report that :func:`to_json` wrote.

    Raises:
        ScanFailed: it is something else.
    """
    try:
        if data["format"] != FORMAT:
            raise KeyError("format")
        return ScanReport(
            commit=str(data["commit"]),
            tree=str(data["tree"]),
            ruleset=str(data["ruleset"]),
            flaws=tuple(ScanFlaw(**flaw) for flaw in data["flaws"]),
            unscanned=tuple((str(path), str(reason)) for path, reason in data["unscanned"]),
            files_scanned=int(data["files_scanned"]),
            suppressions=tuple(
                (str(path), int(line), str(text)) for path, line, text in data["suppressions"]
            ),
        )
    except (KeyError, TypeError, ValueError):
        raise ScanFailed(
            Bilingual(
                "Laporan pemindaian tersimpan tidak terbaca.", "The stored scan report is not readable."
            ),
            remedy=Bilingual("Pindai ulang.", "Scan again."),
        ) from None


def to_sarif(report: ScanReport) -> dict[str, Any]:
    """SARIF with one run. A source file not scanned is a notification and makes the run unsuccessful."""
    return {
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "laik", "semanticVersion": "1.0.0", "rules": _rules(report)}},
                "invocations": [
                    {
                        "executionSuccessful": not report.unscanned,
                        "toolExecutionNotifications": [_notification(*one) for one in report.unscanned],
                        "properties": {"network": "cut" if network_is_cut() else "not isolated"},
                    }
                ],
                "results": [_result(flaw) for flaw in report.flaws],
                "properties": {
                    "commit": report.commit,
                    "tree": report.tree,
                    "ruleset": report.ruleset,
                    "filesScanned": report.files_scanned,
                    "suppressionsNeutralised": [list(one) for one in report.suppressions],
                },
            }
        ],
    }


def _rules(report: ScanReport) -> list[dict[str, Any]]:
    first: dict[str, ScanFlaw] = {}
    for flaw in report.flaws:
        first.setdefault(flaw.rule, flaw)
    return [
        {
            "id": rule,
            "shortDescription": {"text": flaw.message_en},
            "help": {"text": remedy_of(rule)},
            "properties": {"security-severity": CVSS[flaw.severity], "laik-severity": flaw.severity},
        }
        for rule, flaw in sorted(first.items())
    ]


def _result(flaw: ScanFlaw) -> dict[str, Any]:
    return {
        "ruleId": flaw.rule,
        "level": LEVEL[flaw.severity],
        "message": {"text": flaw.message_id},
        "locations": [_location(flaw.path, flaw.line)],
        "partialFingerprints": {"laik/v1": flaw.fingerprint},
        "properties": {"laik-severity": flaw.severity, "source": flaw.source},
    }


def _notification(path: str, reason: str) -> dict[str, Any]:
    return {"level": "error", "message": {"text": f"{path}: {reason}"}, "locations": [_location(path, 1)]}


def _location(path: str, line: int) -> dict[str, Any]:
    place = {"artifactLocation": {"uri": quote(path)}, "region": {"startLine": max(line, 1)}}
    return {"physicalLocation": place}


def remedy_of(rule: str) -> str:
    """What to do about a rule's flaws, in Indonesian."""
    known = catalogue().get(rule)
    if known:
        return known.remedy_id
    return f"Lihat dokumentasi bandit untuk {rule.removeprefix('bandit-')} dan perbaiki kodenya."
