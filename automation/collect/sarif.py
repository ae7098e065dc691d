"""SARIF 2.1.0 (the part laik reads) -> a scan report of someone else's tool.

Such a report can only add flaws, never open a gate, since the builder shapes the pipeline that wrote it
(architecture, decision 10). It fails closed: a log without runs, without a rule-bearing tool, or without
a single invocation that says it succeeded is unreadable. Suppressed results stay flaws and are told.
Source: OASIS SARIF 2.1.0, sections 3.13 (log), 3.14 (run), 3.20 (invocation), 3.27 (result), 3.49 (rule).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from automation.collect.decode import MEGABYTE, refused, utf8
from automation.core.documents import ScanFlaw, ScanReport
from automation.core.text import Bilingual

MAX_BYTES = 20 * MEGABYTE
MAX_RESULTS = 20_000
_BY_LEVEL = {"error": "tinggi", "warning": "sedang", "note": "rendah", "none": "info"}
_NO_FLAW = frozenset({"pass", "notApplicable"})

Json = dict[str, Any]


def read_sarif(content: bytes, *, path: str) -> ScanReport:
    """A SARIF log as a report; ``ruleset`` names the tools, ``commit`` is the revision it claims, if any.

    Raises:
        UnreadableDocument: no SARIF 2.1.0, no runs, or a run that does not say it succeeded.
    """
    log = _load(utf8(content, path=path, limit=MAX_BYTES), path)
    if log.get("version") != "2.1.0":
        raise _broken(path, "Bukan SARIF 2.1.0.", "This is no SARIF 2.1.0.")
    runs = [_mapping(run) for run in _sequence(log.get("runs"))]
    if not runs:
        raise _broken(path, "Tidak ada satu pun 'runs'.", "There is not a single run.")
    results = [(run, _mapping(result)) for run in runs for result in _results(run, path)]
    if len(results) > MAX_RESULTS:
        raise _broken(path, f"Lebih dari {MAX_RESULTS} hasil.", f"More than {MAX_RESULTS} results.")
    return ScanReport(
        commit=_claimed_commit(runs),
        tree="",
        ruleset="; ".join(sorted({_tool_name(run) for run in runs})),
        flaws=tuple(sorted((_flaw(run, result) for run, result in results if _counts(result)), key=_order)),
        unscanned=(),
        files_scanned=sum(len(_sequence(run.get("artifacts"))) for run in runs),
        suppressions=tuple(sorted(_suppressions(results))),
    )


def _load(text: str, path: str) -> Json:
    try:
        log = json.loads(text, object_pairs_hook=_without_doubles)
    except RecursionError:
        raise _broken(path, "JSON bersarang terlalu dalam.", "The JSON is nested too deep.") from None
    except json.JSONDecodeError as failure:
        raise refused(
            path,
            Bilingual("JSON rusak.", "Broken JSON."),
            line=failure.lineno,
            column=failure.colno,
        ) from None
    except ValueError:
        # Also numbers of thousands of digits, which Python refuses to convert.
        raise _broken(
            path, "JSON memuat kunci ganda atau angka tak wajar.", "The JSON has a double key or odd number."
        ) from None
    if not isinstance(log, dict):
        raise _broken(path, "JSON bukan objek.", "The JSON is no object.")
    return log


def _without_doubles(pairs: list[tuple[str, Any]]) -> Json:
    # Two "results" in one run: readers disagree which counts, so one of them could hide the flaws.
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("double key")
    return found


def _results(run: Json, path: str) -> list[Any]:
    if not _tool_name(run):
        raise _broken(path, "Sebuah 'run' tidak menyebut alatnya.", "A run does not name its tool.")
    invocations = [_mapping(one) for one in _sequence(run.get("invocations"))]
    if not invocations or not all(one.get("executionSuccessful") is True for one in invocations):
        raise _broken(
            path,
            "Sebuah 'run' tidak menyatakan pemindaiannya berhasil (executionSuccessful).",
            "A run does not say that its scan succeeded (executionSuccessful).",
        )
    if not isinstance(run.get("results"), list):
        raise _broken(path, "Sebuah 'run' tanpa 'results'.", "A run without results.")
    return _sequence(run["results"])


def _counts(result: Json) -> bool:
    return result.get("kind") not in _NO_FLAW and result.get("baselineState") != "absent"


def _flaw(run: Json, result: Json) -> ScanFlaw:
    rule = _rule(run, result)
    rule_id = _text(result.get("ruleId"), 120) or _text(rule.get("id"), 120) or "tanpa-aturan"
    message = _text(_mapping(result.get("message")).get("text"), 300)
    path, line = _place(result)
    return ScanFlaw(
        rule=rule_id,
        severity=_severity(rule, result),
        path=path,
        line=line,
        fingerprint=_fingerprint(result, rule_id, path, line, message),
        message_id=message,
        message_en=message,
        source=_tool_name(run),
    )


def _rule(run: Json, result: Json) -> Json:
    rules = [_mapping(one) for one in _sequence(_driver(run).get("rules"))]
    index = result.get("ruleIndex", _mapping(result.get("rule")).get("index"))
    if isinstance(index, int) and 0 <= index < len(rules):
        return rules[index]
    wanted = result.get("ruleId") or _mapping(result.get("rule")).get("id")
    return next((rule for rule in rules if wanted is not None and rule.get("id") == wanted), {})


def _severity(rule: Json, result: Json) -> str:
    for holder in (result, rule):
        score = _score(_mapping(holder.get("properties")).get("security-severity"))
        if score is not None:
            return _by_score(score)
    default = _mapping(rule.get("defaultConfiguration")).get("level")
    level = result.get("level") or default or "warning"
    # An unknown level is read as the worst: a word of one's own must not lower a flaw.
    return _BY_LEVEL.get(str(level), "tinggi")


def _score(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        score = float(value)
    except ValueError:
        return None
    return score if 0 <= score <= 10 else None


def _by_score(score: float) -> str:
    """CVSS bands; the words are those of ``ScanFlaw.severity``."""
    for least, word in ((9.0, "kritis"), (7.0, "tinggi"), (4.0, "sedang")):
        if score >= least:
            return word
    return "rendah" if score else "info"


def _place(result: Json) -> tuple[str, int]:
    locations = _sequence(result.get("locations"))
    physical = _mapping(_mapping(locations[0] if locations else None).get("physicalLocation"))
    uri = _text(_mapping(physical.get("artifactLocation")).get("uri"), 500)
    line = _mapping(physical.get("region")).get("startLine")
    number = line if isinstance(line, int) and not isinstance(line, bool) and line > 0 else 0
    return unquote(uri.removeprefix("file://")).lstrip("/"), number


def _fingerprint(result: Json, rule: str, path: str, line: int, message: str) -> str:
    given = {**_mapping(result.get("partialFingerprints")), **_mapping(result.get("fingerprints"))}
    parts = [f"{key}={given[key]}" for key in sorted(given)] or [str(line), message]
    return hashlib.sha256("\n".join([rule, path, *parts]).encode()).hexdigest()[:16]


def _suppressions(results: list[tuple[Json, Json]]) -> Iterator[tuple[str, int, str]]:
    for run, result in results:
        if _sequence(result.get("suppressions")):
            flaw = _flaw(run, result)
            yield flaw.path, flaw.line, flaw.rule


def _claimed_commit(runs: list[Json]) -> str:
    claims = {
        _text(_mapping(one).get("revisionId"), 64)
        for run in runs
        for one in _sequence(run.get("versionControlProvenance"))
    }
    return claims.pop() if len(claims) == 1 else ""


def _driver(run: Json) -> Json:
    return _mapping(_mapping(run.get("tool")).get("driver"))


def _tool_name(run: Json) -> str:
    driver = _driver(run)
    version = _text(driver.get("semanticVersion") or driver.get("version"), 40)
    return f"{_text(driver.get('name'), 80)} {version}".strip() if driver.get("name") else ""


def _order(flaw: ScanFlaw) -> tuple[str, int, str, str]:
    return (flaw.path, flaw.line, flaw.rule, flaw.fingerprint)


def _mapping(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _sequence(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object, limit: int) -> str:
    return " ".join(str(value or "").split())[:limit] if isinstance(value, str) else ""


def _broken(path: str, indonesian: str, english: str) -> Exception:
    return refused(
        path,
        Bilingual(indonesian, english),
        remedy=Bilingual(
            "Jalankan lagi alat pemindainya dan lampirkan hasil utuhnya.",
            "Run the scanner again and attach its whole output.",
        ),
    )
