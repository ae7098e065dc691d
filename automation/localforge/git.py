"""One bare repository through the git program.

Arguments are lists, never a shell line; refs reach git as full names (``refs/heads/...``) or as object ids
checked here, so none can be read as an option. The environment is scrubbed: no system or user
configuration, no hooks, no prompt, no trace of the caller's own GIT_* variables.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from automation.core.text import Bilingual
from automation.localforge.gitrecords import (
    LOG_FORMAT,
    ZERO,
    CommitRecord,
    DiffEntry,
    FileChange,
    GitFailed,
    MergeConflict,
    RefMoved,
    TreeEntry,
    check_path,
    is_branch_name,
    parse_diff,
    parse_log,
    parse_tree,
)

__all__ = [
    "ZERO",
    "CommitRecord",
    "DiffEntry",
    "FileChange",
    "GitFailed",
    "MergeConflict",
    "RefMoved",
    "Repository",
    "TreeEntry",
    "clean_environment",
    "git_program",
    "is_branch_name",
]

_HEX = re.compile(r"[0-9a-f]{4,40}")
_FULL = re.compile(r"[0-9a-f]{40}")
_TIMEOUT_SECONDS = 120.0
_MOST_COMMITS = 10_000
# By full object id only: what an id names cannot change, what a branch names can.
_commits: dict[tuple[Path, str], CommitRecord] = {}
_CONFIG = """\
[gc]
\tauto = 0
[receive]
\tautogc = false
[http]
\treceivepack = true
[uploadpack]
\tallowAnySHA1InWant = true
\tallowFilter = true
[transfer]
\thideRefs = refs/laik
\tfsckObjects = true
[core]
\tlogAllRefUpdates = false
"""


def git_program() -> str:
    """The full path of the git program.

    Raises:
        GitFailed: git is not installed.
    """
    found = shutil.which("git")
    if found is None:
        raise GitFailed(
            Bilingual("Program git tidak ditemukan.", "The git program was not found."),
            remedy=Bilingual("Pasang git >= 2.38.", "Install git >= 2.38."),
        )
    return found


def clean_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for git: PATH and nothing else of the caller's, plus ``extra``."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        **(extra or {}),
    }


class Repository:
    """A bare repository at ``path``. Holds no state besides the path; safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        self.path = path

    # -- the program -----------------------------------------------------------------------------

    def _run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        fine: tuple[int, ...] = (0,),
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run git on this repository.

        Raises:
            GitFailed: the exit code is not one of ``fine``, or git took too long.
        """
        command = [
            git_program(),
            f"--git-dir={self.path}",
            "-c",
            f"core.hooksPath={os.devnull}",
            *arguments,
        ]
        try:
            done = subprocess.run(  # noqa: S603 - argument list, program from shutil.which, no shell
                command,
                input=stdin,
                capture_output=True,
                env=clean_environment(env),
                timeout=_TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _failed(arguments[0], "timeout") from None
        if done.returncode not in fine:
            raise _failed(arguments[0], done.stderr.decode("utf-8", "replace"))
        return done

    def _out(self, *arguments: str, stdin: bytes = b"") -> bytes:
        return self._run(*arguments, stdin=stdin).stdout

    def init(self, default_branch: str = "main") -> None:
        """Make the empty repository; its HEAD names ``default_branch``.

        Raises:
            RefMoved: ``default_branch`` is no branch name.
        """
        _need_branch_name(default_branch)
        self.path.mkdir(parents=True, exist_ok=True)
        self._run("init", "--quiet", "--bare", "--template=", f"--initial-branch={default_branch}")
        with (self.path / "config").open("a", encoding="utf-8") as config:
            config.write(_CONFIG)

    # -- refs ------------------------------------------------------------------------------------

    def resolve(self, ref: str) -> str | None:
        """The full commit id of a branch, a tag, a full ref name, ``HEAD`` or an object id, in that order."""
        candidates = [name for name in _candidates(ref) if not self._surely_absent(name)]
        if not candidates:
            return None
        loose = self._loose_branch(candidates[0])
        if loose is not None:
            return loose
        asked = "".join(f"{name}^{{commit}}\n" for name in candidates)
        answers = self._out("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=asked.encode())
        for answer in answers.decode().splitlines():
            sha, _, kind = answer.rpartition(" ")
            if kind == "commit":
                return sha
        return None

    def _surely_absent(self, name: str) -> bool:
        """Whether a full ref name is neither a file nor packed; spares a process for most questions."""
        if not name.startswith("refs/") or (self.path / "packed-refs").exists():
            return False
        return not (self.path / name).is_file()

    def _loose_branch(self, name: str) -> str | None:
        """A branch's head from its own file, which git replaces atomically; None: ask git."""
        if not name.startswith("refs/heads/"):
            return None
        try:
            text = (self.path / name).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError):
            return None
        return text if _FULL.fullmatch(text) else None

    def branches(self) -> list[tuple[str, str]]:
        """Every branch with its head, by name."""
        return self._refs("refs/heads/")

    def tags(self) -> list[tuple[str, str]]:
        """Every tag with the commit that it names, by name."""
        return self._refs("refs/tags/")

    def _refs(self, prefix: str) -> list[tuple[str, str]]:
        out = self._out("for-each-ref", "--format=%(refname) %(objectname) %(*objectname)", prefix)
        rows = [line.split(" ") for line in out.decode("utf-8", "replace").splitlines()]
        return [(name.removeprefix(prefix), peeled or sha) for name, sha, peeled in rows]

    def is_empty(self) -> bool:
        """Whether there is no branch at all."""
        if any(file.is_file() and file.suffix != ".lock" for file in (self.path / "refs/heads").rglob("*")):
            return False
        return not self._out("for-each-ref", "--count=1", "--format=%(refname)", "refs/heads/")

    def create_branch(self, name: str, sha: str) -> None:
        """Make a branch at a commit.

        Raises:
            RefMoved: the branch exists already, or the name is none.
        """
        _need_branch_name(name)
        self._move(f"refs/heads/{name}", _full(sha), ZERO)

    def delete_branch(self, name: str) -> None:
        """Delete a branch.

        Raises:
            RefMoved: there is no such branch, or the name is none.
        """
        self._delete("refs/heads/", name)

    def create_tag(self, name: str, sha: str) -> None:
        """Make a lightweight tag at a commit.

        Raises:
            RefMoved: the tag exists already, or the name is none.
        """
        _need_branch_name(name)
        self._move(f"refs/tags/{name}", _full(sha), ZERO)

    def delete_tag(self, name: str) -> None:
        """Delete a tag.

        Raises:
            RefMoved: there is no such tag, or the name is none.
        """
        self._delete("refs/tags/", name)

    def _delete(self, prefix: str, name: str) -> None:
        _need_branch_name(name)
        if self.resolve(prefix + name) is None:
            raise _moved(name)
        self._run("update-ref", "--stdin", stdin=f"delete {prefix}{name}\n".encode())

    def set_default_branch(self, name: str) -> None:
        """Let HEAD name another branch (which need not exist yet)."""
        _need_branch_name(name)
        self._run("symbolic-ref", "HEAD", f"refs/heads/{name}")

    def _move(self, ref: str, new: str, old: str, *, forget: str = "") -> None:
        """Compare and swap ``ref`` from ``old`` (ZERO: absent) to ``new``, dropping ``forget`` with it."""
        lines = [f"update {ref} {new} {old}"]
        if forget:
            lines.append(f"delete {forget} {new}")
        done = self._run("update-ref", "--stdin", stdin=("\n".join(lines) + "\n").encode(), fine=(0, 128))
        if done.returncode:
            raise _moved(ref.removeprefix("refs/heads/"))

    # -- reading ---------------------------------------------------------------------------------

    def commit(self, ref: str) -> CommitRecord | None:
        """The commit at a ref, or None."""
        known = _commits.get((self.path, ref))
        if known is not None:
            return known
        sha = self.resolve(ref)
        return self._read_commit(sha) if sha else None

    def _read_commit(self, sha: str) -> CommitRecord:
        """A commit that exists; it never changes, so it is remembered."""
        known = _commits.get((self.path, sha))
        if known is None:
            known = self._log(sha, "--max-count=1")[0]
            if len(_commits) >= _MOST_COMMITS:
                _commits.clear()
            _commits[self.path, sha] = known
        return known

    def log(
        self,
        ref: str,
        *,
        path: str | None = None,
        limit: int = 100,
        skip: int = 0,
        exclude: str | None = None,
    ) -> list[CommitRecord]:
        """Commits from ``ref`` backwards, newest first; without those reachable from ``exclude``."""
        sha = self.resolve(ref)
        if sha is None:
            return []
        without = self.resolve(exclude) if exclude else None
        ranges = [f"^{without}"] if without else []
        return self._log(sha, f"--max-count={limit}", f"--skip={skip}", *ranges, path=path)

    def _log(self, sha: str, *options: str, path: str | None = None) -> list[CommitRecord]:
        paths = [path] if path else []
        return parse_log(self._out("log", "-z", f"--format={LOG_FORMAT}", *options, sha, "--", *paths))

    def tree(self, ref: str, path: str = "", recursive: bool = False) -> list[TreeEntry]:
        """The entries under ``path`` (folders too when ``recursive``); empty when there is nothing there."""
        sha = self.resolve(ref)
        wanted = path.strip("/")
        if sha is None:
            return []
        options = ["-r", "-t"] if recursive else []
        paths = [f"{wanted}/"] if wanted else []
        entries = parse_tree(self._out("ls-tree", "-z", "-l", "--full-tree", *options, sha, "--", *paths))
        # With -t git also names the folders on the way down to the wanted one.
        return [entry for entry in entries if not wanted or entry.path.startswith(f"{wanted}/")]

    def read(self, ref: str, path: str) -> bytes | None:
        """A file's content at a ref, or None when either is not there."""
        sha = ref if _FULL.fullmatch(ref) else self.resolve(ref)
        if sha is None or not path or "\n" in path or "\0" in path:
            return None
        return self._blob(f"{sha}:{path}")

    def read_blob(self, sha: str) -> bytes | None:
        """A blob by its full object id, or None."""
        return self._blob(sha) if _FULL.fullmatch(sha) else None

    def _blob(self, name: str) -> bytes | None:
        out = self._out("cat-file", "--batch=%(objecttype) %(objectsize)", stdin=name.encode() + b"\n")
        head, _, body = out.partition(b"\n")
        return body[:-1] if re.fullmatch(rb"blob [0-9]+", head) else None

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor of two commits, or None."""
        done = self._run("merge-base", _full(one), _full(other), fine=(0, 1))
        return done.stdout.decode().strip() or None

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether ``old`` is reachable from ``new`` (a commit is its own ancestor)."""
        return self._run("merge-base", "--is-ancestor", _full(old), _full(new), fine=(0, 1)).returncode == 0

    def diff(self, base: str, head: str) -> list[DiffEntry]:
        """The changed files between two commits, renames found."""
        options = ["-r", "-z", "--raw", "--patch", "-M", "--full-index", "--no-ext-diff", "--no-textconv"]
        return parse_diff(self._out("diff-tree", *options, _full(base), _full(head), "--"))

    # -- writing ---------------------------------------------------------------------------------

    def commit_files(
        self,
        branch: str,
        *,
        parent: str | None,
        message: str,
        author_name: str,
        author_email: str,
        changes: Sequence[FileChange],
        start: str | None = None,
        when: datetime | None = None,
    ) -> str:
        """One commit on ``branch``, whose head must be ``parent`` (None: the branch must not exist yet).

        A new branch grows from the commit ``start`` where that is given. The objects are made by one
        fast-import; the branch moves afterwards by compare-and-swap, so a commit that lost the race leaves
        nothing visible.

        Returns:
            The new commit's full id.

        Raises:
            UnsafePath: a path would leave the repository or break a checkout.
            RefMoved: the branch is elsewhere; nothing was written to it.
        """
        _need_branch_name(branch)
        for change in changes:
            check_path(change.path)
        scratch = f"refs/laik/scratch/{uuid.uuid4().hex}"
        who = _signature(author_name, author_email, when)
        base = parent or start
        stream = _import_stream(scratch, base and _full(base), who, message, changes)
        sha = (
            self._out("fast-import", "--quiet", "--done", "--date-format=raw", stdin=stream).decode().strip()
        )
        try:
            self._move(f"refs/heads/{branch}", sha, parent or ZERO, forget=scratch)
        except RefMoved:
            self._run("update-ref", "--stdin", stdin=f"delete {scratch}\n".encode())
            raise
        return sha

    def mergeable(self, source_sha: str, target_sha: str) -> bool:
        """Whether the two commits merge without conflict."""
        return self._merged_tree(target_sha, source_sha) is not None

    def _merged_tree(self, target: str, source: str) -> str | None:
        """The tree of the merge, or None for a conflict (1) or histories without a common root (128)."""
        arguments = ("merge-tree", "--write-tree", "--no-messages", _full(target), _full(source))
        done = self._run(*arguments, fine=(0, 1, 128))
        return done.stdout.decode().split("\n", 1)[0] if done.returncode == 0 else None

    def merge(
        self,
        source_sha: str,
        target_branch: str,
        *,
        message: str,
        author_name: str,
        author_email: str,
        fast_forward: bool = False,
        when: datetime | None = None,
    ) -> str:
        """Merge a commit into a branch by a merge commit, or by moving the branch when ``fast_forward``.

        Returns:
            The branch's new head.

        Raises:
            MergeConflict: there is a conflict, or the branch cannot be fast-forwarded.
            RefMoved: the branch is absent or moved meanwhile; nothing was written to it.
        """
        _need_branch_name(target_branch)
        target = self.resolve(f"refs/heads/{target_branch}")
        if target is None:
            raise _moved(target_branch)
        source = _full(source_sha)
        if fast_forward:
            if not self.is_ancestor(target, source):
                raise _conflict(target_branch)
            new = source
        else:
            new = self._merge_commit(
                target, source, target_branch, message, _identity(author_name, author_email, when)
            )
        self._move(f"refs/heads/{target_branch}", new, target)
        return new

    def _merge_commit(
        self, target: str, source: str, branch: str, message: str, identity: Mapping[str, str]
    ) -> str:
        tree = self._merged_tree(target, source)
        if tree is None:
            raise _conflict(branch)
        arguments = ("commit-tree", tree, "-p", target, "-p", source, "-F", "-")
        return self._run(*arguments, stdin=message.encode(), env=identity).stdout.decode().strip()


def _candidates(ref: str) -> list[str]:
    """The full names that ``ref`` may mean, best first; a branch wins over a tag as on the real forges."""
    if ref == "HEAD":
        return [ref]
    if not is_branch_name(ref):
        return []
    names = [ref] if ref.startswith("refs/") else []
    if _FULL.fullmatch(ref):
        names.append(ref)
    names += [f"refs/heads/{ref}", f"refs/tags/{ref}"]
    return [*names, ref] if _HEX.fullmatch(ref) and len(ref) >= 7 else names


def _full(sha: str) -> str:
    """``sha`` if it is a full object id; anything else could be an option or an expression."""
    if not _FULL.fullmatch(sha):
        raise _failed("sha", f"not a full object id: {sha[:60]!a}")
    return sha


def _need_branch_name(name: str) -> None:
    if not is_branch_name(name):
        raise RefMoved(
            Bilingual(f"{name[:120]!a} bukan nama cabang.", f"{name[:120]!a} is no branch name."),
            remedy=Bilingual("Pakai nama cabang yang sah.", "Use a valid branch name."),
        )


def _import_stream(
    ref: str, parent: str | None, who: str, message: str, changes: Sequence[FileChange]
) -> bytes:
    """The fast-import stream of one commit, which answers with the commit's id."""
    text = message.replace("\0", "").encode()
    parts = [
        f"commit {ref}\nmark :1\nauthor {who}\ncommitter {who}\ndata {len(text)}\n".encode(),
        text,
        b"\n",
    ]
    if parent:
        parts.append(f"from {parent}\n".encode())
    for change in changes:
        path = _quoted(change.path)
        if change.content is None:
            parts.append(f"D {path}\n".encode())
        else:
            mode = "100755" if change.executable else "100644"
            parts += [f"M {mode} inline {path}\ndata {len(change.content)}\n".encode(), change.content, b"\n"]
    return b"".join([*parts, b"\nget-mark :1\ndone\n"])


def _quoted(path: str) -> str:
    """The path as fast-import's C-style string (control characters and backslashes were refused before)."""
    return '"' + path.replace('"', '\\"') + '"'


def _signature(name: str, email: str, when: datetime | None) -> str:
    return (
        f"{_plain(name) or 'unknown'} <{_plain(email)}> {int((when or datetime.now(UTC)).timestamp())} +0000"
    )


def _identity(name: str, email: str, when: datetime | None) -> dict[str, str]:
    date = f"{int((when or datetime.now(UTC)).timestamp())} +0000"
    names = {"NAME": _plain(name) or "unknown", "EMAIL": _plain(email), "DATE": date}
    return {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in names.items()}


def _plain(text: str) -> str:
    """A name without what would end it early in a commit header (a forged second header line)."""
    return re.sub(r"[\x00-\x1f\x7f<>]", "", text).strip(" .,:;\"'\\")


def _failed(command: str, why: str) -> GitFailed:
    detail = " ".join(why.split())[:300]
    return GitFailed(
        Bilingual(f"git {command} gagal: {detail}", f"git {command} failed: {detail}"),
        remedy=Bilingual("Periksa repositorinya dengan git fsck.", "Check the repository with git fsck."),
    )


def _moved(name: str) -> RefMoved:
    return RefMoved(
        Bilingual(f"Cabang {name} tidak lagi di tempatnya.", f"The branch {name} is not where it was."),
        remedy=Bilingual("Baca ulang lalu coba lagi.", "Read it anew and try again."),
    )


def _conflict(branch: str) -> MergeConflict:
    return MergeConflict(
        Bilingual(f"Tidak dapat digabung ke {branch}.", f"It cannot be merged into {branch}."),
        remedy=Bilingual(
            "Selesaikan konfliknya pada cabang sumber.", "Solve the conflict on the source branch."
        ),
    )
