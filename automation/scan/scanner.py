"""The scan of one commit, from tree to report (architecture, decision 10)."""

from __future__ import annotations

import hashlib
import posixpath
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from automation.core.documents import ScanFlaw, ScanReport
from automation.core.errors import ScanFailed, Where
from automation.core.text import Bilingual
from automation.scan import astgrep, banditrun, sources
from automation.scan.catalogue import ruleset_digest
from automation.scan.limits import DEFAULT, Limits
from automation.scan.prepare import prepare
from automation.scan.records import GRAVE, SEVERITIES, Copy, RawFlaw
from automation.scan.tree import Entry, Tree, list_tree, read_blobs


@dataclass(slots=True)
class _Work:
    """What has come together so far."""

    copies: list[Copy] = field(default_factory=list)
    flaws: list[RawFlaw] = field(default_factory=list)
    unscanned: dict[str, str] = field(default_factory=dict)
    suppressions: list[tuple[str, int, str]] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)


def scan_commit(repository: Path, commit: str, *, limits: Limits = DEFAULT) -> ScanReport:
    """Scan the whole tree of ``commit``.

    Args:
        repository: a bare mirror or a clone; nothing is checked out and its settings reach no tool.
        commit: the full object id.
        limits: what the scan may use; a source file beyond them is reported as unscanned.

    Raises:
        ScanFailed: no such commit, a broken repository, a tree too large, a scanner not installed.
    """
    tree = list_tree(repository, commit)
    _refuse_too_many(tree, limits)
    work = _Work()
    _read_all(repository, tree, limits, work)
    _run_all(work, limits)
    return ScanReport(
        commit=tree.commit,
        tree=tree.tree,
        ruleset=ruleset_digest(),
        flaws=fingerprinted(work.flaws),
        unscanned=tuple(sorted(work.unscanned.items())),
        files_scanned=len(work.sources - set(work.unscanned)),
        suppressions=tuple(sorted(work.suppressions)),
    )


def fingerprinted(flaws: Iterable[RawFlaw]) -> tuple[ScanFlaw, ...]:
    """Flaws with fingerprints, worst first.

    The fingerprint is SHA-256 over rule, path, the snippet without its spacing, and which of several equal
    ones in the file it is: lines put in above change nothing.
    """
    seen: Counter[tuple[str, str, str]] = Counter()
    named: list[ScanFlaw] = []
    for flaw in sorted(_one_a_line(flaws), key=lambda one: (one.path, one.line, one.rule, one.snippet)):
        key = (flaw.rule, flaw.path, "".join(flaw.snippet.split()))
        seen[key] += 1
        named.append(_named(flaw, "\0".join((*key, str(seen[key])))))
    return tuple(
        sorted(named, key=lambda one: (SEVERITIES.index(one.severity), one.path, one.line, one.rule))
    )


def _one_a_line(flaws: Iterable[RawFlaw]) -> Iterable[RawFlaw]:
    """A call and the text inside it can break one rule on one line: the longer snippet stands for both."""
    kept: dict[tuple[str, str, int], RawFlaw] = {}
    for flaw in flaws:
        key = (flaw.rule, flaw.path, flaw.line)
        other = kept.get(key)
        if other is None or (len(flaw.snippet), flaw.snippet) > (len(other.snippet), other.snippet):
            kept[key] = flaw
    return kept.values()


def _named(flaw: RawFlaw, identity: str) -> ScanFlaw:
    digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()
    return ScanFlaw(
        rule=flaw.rule,
        severity=flaw.severity,
        path=flaw.path,
        line=flaw.line,
        fingerprint=digest,
        message_id=flaw.message_id,
        message_en=flaw.message_en,
        source=flaw.source,
    )


def _refuse_too_many(tree: Tree, limits: Limits) -> None:
    if len(tree.entries) > limits.files:
        raise ScanFailed(
            Bilingual(
                f"Commit berisi {len(tree.entries)} berkas, batasnya {limits.files}.",
                f"The commit holds {len(tree.entries)} files, the limit is {limits.files}.",
            ),
            remedy=Bilingual(
                "Keluarkan pustaka (vendor, node_modules) dari repositori.",
                "Take libraries (vendor, node_modules) out of the repository.",
            ),
            where=Where(file=tree.commit),
        )


def _read_all(repository: Path, tree: Tree, limits: Limits, work: _Work) -> None:
    wanted: list[Entry] = []
    total = 0
    for entry in tree.entries:
        read = entry.size <= limits.file_bytes and sources.extension(entry.path) not in sources.MEDIA
        total += entry.size if read else 0  # a dump too large to be read must not use up the room of code
        reason = _unread_reason(entry, limits, total)
        if reason is None:
            wanted.append(entry)
        elif reason:
            work.unscanned[entry.path] = reason
            work.sources.add(entry.path)
    by_path = {entry.path: entry for entry in tree.entries}
    for number, (entry, content) in enumerate(read_blobs(repository, wanted)):
        if entry.is_symlink:
            _symlink(entry, content, by_path, work)
        else:
            _file(entry, content, number, limits, work)


def _unread_reason(entry: Entry, limits: Limits, total: int) -> str | None:
    """Why an entry is not read: None when it is read, empty when it is data too large to matter."""
    if entry.is_submodule:
        return "submodul: isinya tidak ada di commit ini"
    if entry.size <= limits.file_bytes and total <= limits.total_bytes:
        return None
    kind = sources.kind_by_name(entry.path)
    could_be_source = kind.language or kind.unscannable or "." not in posixpath.basename(entry.path)
    if not could_be_source:
        return ""
    if entry.size > limits.file_bytes:
        return f"terlalu besar: {entry.size} bita, batasnya {limits.file_bytes}"
    return f"seluruh berkas melebihi {limits.total_bytes} bita"


def _symlink(entry: Entry, content: bytes, by_path: Mapping[str, Entry], work: _Work) -> None:
    """A link is fine when what it points to is scanned in its own place under the same language."""
    target = posixpath.normpath(
        posixpath.join(posixpath.dirname(entry.path), content.decode("utf-8", "backslashreplace"))
    )
    same_kind = sources.kind_by_name(entry.path) == sources.kind_by_name(target)
    pointed = by_path.get(target)
    is_file = pointed is not None and not pointed.is_symlink and not pointed.is_submodule and same_kind
    is_folder = pointed is None and any(path.startswith(f"{target}/") for path in by_path)
    if not is_file and not is_folder:
        work.unscanned[entry.path] = "tautan simbolik ke luar repositori atau ke jenis berkas lain"
        work.sources.add(entry.path)


def _file(entry: Entry, content: bytes, number: int, limits: Limits, work: _Work) -> None:
    prepared = prepare(entry.path, content, number, limits)
    work.copies += prepared.copies
    work.flaws += prepared.flaws
    work.suppressions += [(entry.path, line, words) for line, words in prepared.suppressions]
    if prepared.is_source:
        work.sources.add(entry.path)
    if prepared.unscanned:
        work.unscanned[entry.path] = prepared.unscanned


def _run_all(work: _Work, limits: Limits) -> None:
    python = [copy for copy in work.copies if copy.language == sources.PYTHON]
    other = [copy for copy in work.copies if copy.language != sources.PYTHON]
    for runner, copies in ((astgrep.run, other), (banditrun.run, python)):
        with tempfile.TemporaryDirectory(prefix="laik-scan-") as folder:
            report = runner(copies, Path(folder), limits)
        work.flaws += report.flaws
        work.unscanned.update(
            {path: reason for path, reason in report.unread.items() if path not in work.unscanned}
        )


def closes_gate(report: ScanReport) -> bool:
    """Whether the report keeps the security gate closed: a grave flaw or a source file not scanned."""
    return bool(report.unscanned) or any(flaw.severity in GRAVE for flaw in report.flaws)


def counted(flaws: Sequence[ScanFlaw]) -> Mapping[str, int]:
    """How many flaws of each severity, worst first."""
    return {severity: sum(flaw.severity == severity for flaw in flaws) for severity in SEVERITIES}
