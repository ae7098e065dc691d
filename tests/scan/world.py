"""Small repositories made from a mapping of path to content."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

WHO = {
    "GIT_AUTHOR_NAME": "Uji",
    "GIT_AUTHOR_EMAIL": "uji@contoh.go.id",
    "GIT_COMMITTER_NAME": "Uji",
    "GIT_COMMITTER_EMAIL": "uji@contoh.go.id",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


def git(folder: Path, *words: str, stdin: bytes | None = None) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *words],
        input=stdin,
        capture_output=True,
        check=True,
        env={**os.environ, **WHO},
    )
    return done.stdout.decode().strip()


def commit(
    folder: Path, files: Mapping[str | bytes, str | bytes], *, modes: Mapping[str, str] | None = None
) -> str:
    """A commit with exactly ``files``, made through the object store: any name, any mode, no checkout."""
    if not (folder / "HEAD").exists():
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "-q", "--bare", "-b", "main", ".")
    lines = []
    for path, content in files.items():
        data = content.encode() if isinstance(content, str) else content
        mode = (modes or {}).get(path if isinstance(path, str) else "", "100644")
        blob = data.decode() if mode == "160000" else git(folder, "hash-object", "-w", "--stdin", stdin=data)
        name = path if isinstance(path, bytes) else path.encode()
        lines.append(f"{mode} {blob}\t".encode() + name)
    index = folder / "index"
    index.unlink(missing_ok=True)
    git(folder, "update-index", "-z", "--index-info", stdin=b"\0".join(lines) + b"\0")
    tree = git(folder, "write-tree")
    made = git(folder, "commit-tree", "-m", "uji", tree)
    git(folder, "update-ref", "refs/heads/main", made)
    return made
