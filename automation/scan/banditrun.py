"""The bandit runner for Python.

``--ini /dev/null`` and ``--ignore-nosec``: a committed ``.bandit`` and ``# nosec`` say nothing here. bandit
ends well, with ``executionSuccessful: true``, over a file it could not parse, so only a file that stands in
its ``metrics`` and not in its ``errors`` counts as scanned. Copies are the file's own bytes, because Python
itself reads the coding line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from automation.scan import sandbox
from automation.scan.limits import Limits
from automation.scan.records import Copy, RawFlaw, RunnerReport

SEVERITY = {"HIGH": "tinggi", "MEDIUM": "sedang", "LOW": "rendah", "UNDEFINED": "sedang"}
RAISED = {
    "B608": "tinggi",
    "B307": "tinggi",
    "B102": "tinggi",
    "B506": "tinggi",
}  # SQL, eval, exec, yaml.load
LOWERED = {"B101": "info", "B404": "info", "B603": "info", "B607": "info"}  # asserts; importing subprocess
INDONESIAN = {
    "B102": "Teks dijalankan sebagai kode (exec).",
    "B105": "Kata sandi mungkin ditulis di dalam kode.",
    "B106": "Kata sandi mungkin ditulis di dalam kode.",
    "B107": "Kata sandi mungkin ditulis di dalam kode.",
    "B201": "Mode debug Flask menyala.",
    "B301": "Data dari luar dibuka dengan pickle.",
    "B307": "Teks dijalankan sebagai kode (eval).",
    "B324": "Hash yang lemah (md5/sha1) dipakai.",
    "B501": "Pemeriksaan sertifikat TLS dimatikan.",
    "B506": "YAML dibaca dengan pemuat yang tidak aman.",
    "B602": "Perintah dijalankan lewat shell.",
    "B605": "Perintah dijalankan lewat shell.",
    "B608": "Perintah SQL disusun dengan menyambung variabel.",
}


def run(copies: Sequence[Copy], folder: Path, limits: Limits) -> RunnerReport:
    """Scan ``copies`` (their text as Latin-1, byte for byte) in the private ``folder``."""
    if not copies:
        return RunnerReport()
    (folder / "src").mkdir()
    for copy in copies:
        (folder / "src" / copy.name).write_bytes(copy.text.encode("latin-1"))
    command = [sys.executable, "-I", "-m", "bandit", "--ini", "/dev/null", "--ignore-nosec", "-q"]
    try:
        answer = sandbox.run([*command, "-f", "json", "-r", "src"], folder=folder, limits=limits)
        data = _read(answer)
    except sandbox.RunnerFailed as failure:
        return RunnerReport(unread={copy.path: failure.reason for copy in copies})
    return _report({f"src/{copy.name}": copy for copy in copies}, data)


def _read(answer: sandbox.Answer) -> Mapping[str, Any]:
    try:
        data = json.loads(answer.output)
    except ValueError:
        raise sandbox.RunnerFailed("jawaban bandit tidak terbaca") from None
    parts = ("results", "errors", "metrics")
    if answer.code not in {0, 1} or not isinstance(data, dict) or any(part not in data for part in parts):
        raise sandbox.RunnerFailed("jawaban bandit tidak lengkap")
    return data


def _report(names: Mapping[str, Copy], data: Mapping[str, Any]) -> RunnerReport:
    unread: dict[str, str] = {}
    for error in data["errors"]:
        unread[names[_name(error["filename"])].path] = "Python tidak terbaca (syntax error)"
    measured = {_name(name) for name in data["metrics"]}
    for name, copy in names.items():
        if name not in measured:
            unread.setdefault(copy.path, "dilewati oleh bandit")
    return RunnerReport(tuple(_flaw(names[_name(one["filename"])], one) for one in data["results"]), unread)


def _name(filename: str) -> str:
    return str(PurePosixPath(filename))


def _flaw(copy: Copy, result: Mapping[str, Any]) -> RawFlaw:
    test, line = str(result["test_id"]), int(result["line_number"])
    severity = RAISED.get(test) or LOWERED.get(test) or SEVERITY.get(str(result["issue_severity"]), "sedang")
    lines = copy.text.split("\n")
    english = str(result["issue_text"])
    if test in {"B105", "B106", "B107"}:
        english = "A password may be written in code."  # bandit's own text quotes the password
    return RawFlaw(
        rule=f"bandit-{test}",
        severity=severity,
        path=copy.path,
        line=line,
        snippet=lines[line - 1] if line <= len(lines) else "",
        message_id=INDONESIAN.get(test, f"Temuan bandit {test} ({result['test_name']})."),
        message_en=english,
        source="bandit",
    )
