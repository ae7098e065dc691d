"""The ast-grep runner: laik's rules over the copies, and proof that each copy was really parsed.

ast-grep says nothing about a file it skips, and its parser goes on after a syntax error. So every copy gets
a last statement with a name made up for this scan; a rule looks for that statement at the top level of the
file. A copy whose last statement is not reported was skipped, or its end was swallowed by an unclosed string,
comment or brace. Other rules report error nodes and brackets that the parser had to invent.
"""

from __future__ import annotations

import json
import secrets
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from automation.core.errors import ScanFailed
from automation.core.text import Bilingual
from automation.scan import sandbox
from automation.scan.catalogue import catalogue, engine_files
from automation.scan.limits import Limits
from automation.scan.records import Copy, RawFlaw, RunnerReport

SUFFIX = {"php": "php", "javascript": "js", "typescript": "ts", "tsx": "tsx", "bash": "sh"}
END_KIND = {"bash": "command"}
BRACKETS = {
    ")": {
        "php": "arguments formal_parameters parenthesized_expression",
        "js": "arguments formal_parameters parenthesized_expression",
    },
    "}": {
        "php": "compound_statement declaration_list match_block",
        "js": "statement_block object class_body",
    },
    "]": {"php": "", "js": "array"},
}
SNIPPET = 400
SYNTAX = "ada kesalahan sintaks (syntax error), isinya tidak terbaca seluruhnya"
SKIPPED = "tidak terbaca sampai akhir (unclosed string, comment or bracket)"


def run(copies: Sequence[Copy], folder: Path, limits: Limits) -> RunnerReport:
    """Scan ``copies`` in the private ``folder``.

    Raises:
        ScanFailed: ast-grep is not installed.
    """
    if not copies:
        return RunnerReport()
    mark = f"laik_end_{secrets.token_hex(8)}"
    _lay_out(copies, folder, mark)
    names = {f"src/{copy.name}": copy for copy in copies}
    try:
        answer = sandbox.run(_command(folder), folder=folder, limits=limits)
        matches = _matches(answer)
    except sandbox.RunnerFailed as failure:
        return RunnerReport(unread={copy.path: failure.reason for copy in copies})
    return _report(names, matches)


def program() -> str:
    """The ast-grep program that came with laik's own Python environment, else one on the path.

    Raises:
        ScanFailed: there is none.
    """
    found = shutil.which("ast-grep", path=str(Path(sys.executable).parent)) or shutil.which("ast-grep")
    if found is None:
        raise ScanFailed(
            Bilingual("Program ast-grep tidak terpasang.", "The ast-grep program is not installed."),
            remedy=Bilingual("Pasang laik beserta dependensinya.", "Install laik with its dependencies."),
        )
    return found


def _command(folder: Path) -> list[str]:
    ignores = [
        word
        for kind in ("hidden", "dot", "exclude", "global", "parent", "vcs")
        for word in ("--no-ignore", kind)
    ]
    config = ["-c", str(folder / "sgconfig.yml"), "--json=compact", "--include-metadata", "--threads", "2"]
    return [program(), "scan", *config, *ignores, "src"]


def _lay_out(copies: Sequence[Copy], folder: Path, mark: str) -> None:
    """Laik's own configuration, rules and the copies; no name comes from the repository."""
    for part in ("rules", "utils", "src"):
        (folder / part).mkdir()
    (folder / "sgconfig.yml").write_text("ruleDirs: [rules]\nutilDirs: [utils]\n", encoding="utf-8")
    for name, text in engine_files().items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "rules" / "laik-proof.yml").write_text(_proof_rules(mark), encoding="utf-8")
    for copy in copies:
        last = f"\n{mark}\n" if copy.language == "bash" else f"\n;{mark}();\n"
        (folder / "src" / copy.name).write_text(copy.text + last, encoding="utf-8", errors="replace")


def _proof_rules(mark: str) -> str:
    rules: list[str] = []
    for language in SUFFIX:
        kind = END_KIND.get(language, "expression_statement")
        rules.append(
            _proof(
                f"laik-end.{language}",
                language,
                f"{{kind: {kind}, regex: '^{mark}', inside: {{kind: program}}}}",
            )
        )
        rules.append(_proof(f"laik-error.{language}", language, "{kind: ERROR}"))
        rules += [
            _proof(f"laik-error-{number}.{language}", language, rule)
            for number, rule in enumerate(_unclosed("php" if language == "php" else "js"))
            if language != "bash"
        ]
    return "---\n".join(rules)


def _unclosed(family: str) -> list[str]:
    """Rules for nodes whose closing bracket the parser made up."""
    rules = []
    for bracket, kinds in BRACKETS.items():
        either = ", ".join(f"{{kind: {kind}}}" for kind in kinds[family].split())
        if either:
            rules.append(f"{{any: [{either}], not: {{regex: '\\{bracket}$'}}}}")
    return rules


def _proof(name: str, language: str, rule: str) -> str:
    return f"id: {name}\nlanguage: {language}\nseverity: error\nmessage: proof\nrule: {rule}\n"


def _matches(answer: sandbox.Answer) -> list[Mapping[str, Any]]:
    try:
        matches = json.loads(answer.output)
    except ValueError:
        raise sandbox.RunnerFailed("jawaban ast-grep tidak terbaca") from None
    if not isinstance(matches, list):
        raise sandbox.RunnerFailed("jawaban ast-grep bukan daftar")
    return matches


def _report(names: Mapping[str, Copy], matches: Sequence[Mapping[str, Any]]) -> RunnerReport:
    ended: set[str] = set()
    unread: dict[str, str] = {}
    flaws: list[RawFlaw] = []
    for match in matches:
        copy = names[str(match["file"]).removeprefix("./")]
        rule = str(match["ruleId"])
        if rule.startswith("laik-end."):
            ended.add(copy.name)
        elif rule.startswith("laik-error"):
            _blame(unread, copy, f"{SYNTAX}, baris {match['range']['start']['line'] + 1}")
        else:
            flaws.append(_flaw(rule.partition(".")[2], copy, match))
    for copy in names.values():
        if copy.name not in ended:
            _blame(unread, copy, SKIPPED)
    return RunnerReport(tuple(flaws), unread)


def _blame(unread: dict[str, str], copy: Copy, reason: str) -> None:
    if copy.strict:
        unread.setdefault(copy.path, reason)


def _flaw(rule: str, copy: Copy, match: Mapping[str, Any]) -> RawFlaw:
    about = catalogue()[rule]
    line = int(match["range"]["start"]["line"]) + 1
    snippet = str(match["text"])[:SNIPPET]
    return RawFlaw(rule, about.severity, copy.path, line, snippet, about.message_id, about.message_en)
