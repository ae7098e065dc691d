"""Views: folders, files, commits and differences of a repository."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from automation.localforge.git import CommitRecord, DiffEntry, Repository, TreeEntry
from automation.localforge.gitprogram import FULL_ID
from automation.localforge.pages import markdown
from automation.localforge.pages.lights import lights
from automation.localforge.pages.page import PER_PAGE, Look, Page, sheet_number, sheet_of
from automation.localforge.refusals import not_found

LARGEST_FILE = 256 * 1024  # bytes shown of a file: larger ones are for a clone
MOST_ENTRIES = 1_000
MOST_DIFF_LINES = 3_000
LONGEST_DIFF_LINE = 1_000
_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"  # git knows this object without storing it
_READMES = ("readme.md", "readme.id.md", "readme")
_KINDS = {"+": "add", "-": "del", "@": "hunk"}


@dataclass(frozen=True, slots=True)
class Place:
    """A path at a commit, and the branch, tag or commit id it was asked under."""

    ref: str
    sha: str
    path: str


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One file of a difference; ``lines`` are (style class, text), ``cut`` when there are more."""

    title: str
    lines: Sequence[tuple[str, str]]
    cut: bool


def repository_of(look: Look) -> Repository:
    """The project's repository."""
    return look.engine.repository(look.project.id)


def locate(look: Look) -> Place:
    """The ref and path that the address names; a branch name may hold slashes, so the refs decide."""
    repository, parts = repository_of(look), look.tail or (look.project.default_branch,)
    named = dict([*repository.tags(), *repository.branches()])
    for length in range(1, len(parts) + 1):
        ref = "/".join(parts[:length])
        sha = named.get(ref) or (repository.resolve(ref) if length == 1 and FULL_ID.fullmatch(ref) else None)
        if sha is not None:
            return Place(ref, sha, "/".join(parts[length:]))
    raise not_found()


def entries(look: Look, sha: str, path: str) -> list[TreeEntry]:
    """The entries of one folder, folders first."""
    rows = repository_of(look).tree(sha, path)
    return sorted(rows, key=lambda entry: (entry.type == "blob", entry.name))


def readme(look: Look, sha: str) -> Markup | None:
    """The README at the root as HTML, or None."""
    found = {entry.name.lower(): entry for entry in entries(look, sha, "") if entry.type == "blob"}
    entry = next((found[name] for name in _READMES if name in found), None)
    text = _text(repository_of(look), entry) if entry else None
    if entry is None or text is None:
        return None
    base = f"/{quote(look.project.full_path)}/-/blob/{quote(look.project.default_branch)}/"
    return markdown.to_html(text, base=base)


def _text(repository: Repository, entry: TreeEntry) -> str | None:
    """A file's text, or None for one that is none or too large (its size is known before it is read)."""
    if entry.type != "blob" or entry.size is None or entry.size > LARGEST_FILE:
        return None
    content = repository.read_blob(entry.id)
    if content is None or b"\0" in content:
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def tree(look: Look) -> Page:
    """A folder at a branch, tag or commit."""
    place = locate(look)
    rows = entries(look, place.sha, place.path)
    if place.path and not rows:
        raise not_found()
    facts = {"project": look.project, "place": place, "entries": rows[:MOST_ENTRIES], "all": len(rows)}
    return Page("tree.html", place.path or place.ref, facts)


def blob(look: Look) -> Page:
    """A file's text, escaped; what is no text, or too large, is named only."""
    place = locate(look)
    rows = entries(look, place.sha, posixpath.dirname(place.path)) if place.path else []
    entry = next((row for row in rows if row.path == place.path and row.type == "blob"), None)
    if entry is None:
        return tree(look)  # a README may link to a folder as to a file
    text = _text(repository_of(look), entry)
    too_large = entry.size is not None and entry.size > LARGEST_FILE
    facts = {"project": look.project, "place": place, "entry": entry, "text": text, "too_large": too_large}
    return Page("blob.html", place.path, facts)


def commits(look: Look) -> Page:
    """The commits of a branch, newest first."""
    number = sheet_number(look.query)
    if not look.tail and look.engine.branch_head(look.project.id, look.project.default_branch) is None:
        place, rows = None, []
    else:
        place = locate(look)
        if place.path:
            raise not_found()
        skip = (number - 1) * PER_PAGE
        rows = repository_of(look).log(place.sha, limit=PER_PAGE + 1, skip=skip)
    facts = {"project": look.project, "place": place, "sheet": sheet_of(rows, number)}
    return Page("commits.html", "Commit", facts)


def commit(look: Look) -> Page:
    """One commit: message, statuses, and its difference to the first parent."""
    name = look.tail[0] if len(look.tail) == 1 else ""
    found = repository_of(look).commit(name) if FULL_ID.fullmatch(name) else None
    if found is None:
        raise not_found("Commit")
    parent = found.parents[0] if found.parents else _EMPTY_TREE
    facts = {
        "project": look.project,
        "commit": found,
        "lights": lights(look, found.sha),
        "changes": changes(look, parent, found.sha),
    }
    return Page("commit.html", title_of(found), facts)


def title_of(found: CommitRecord) -> str:
    """A commit's first line."""
    return found.message.split("\n", 1)[0]


def changes(look: Look, base: str, head: str) -> list[ChangedFile]:
    """The difference between two commits as text, file by file, cut where it grows out of hand."""
    left, shown = MOST_DIFF_LINES, []
    for entry in repository_of(look).diff(base, head)[:MOST_ENTRIES]:
        lines = entry.patch.splitlines()
        shown.append(ChangedFile(_change_title(entry), list(_diff_lines(lines[:left])), len(lines) > left))
        left = max(0, left - len(lines))
    return shown


def _change_title(entry: DiffEntry) -> str:
    if entry.new_file:
        return f"{entry.new_path} (baru)"
    if entry.deleted:
        return f"{entry.old_path} (dihapus)"
    return f"{entry.old_path} → {entry.new_path}" if entry.renamed else entry.new_path


def _diff_lines(lines: Iterable[str]) -> Iterable[tuple[str, str]]:
    for line in lines:
        more = " …" if len(line) > LONGEST_DIFF_LINE else ""
        yield _KINDS.get(line[:1], "same"), line[:LONGEST_DIFF_LINE] + more
