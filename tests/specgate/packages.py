"""The vendor's packages, fetched with npm, checked against ``tests/package.json`` and cut down to a cache.

What is kept lies in ``.specs/`` outside version control; the packages themselves are gone afterwards.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from tests.specgate.cut import cut_down
from tests.specgate.hookshapes import shapes_of
from tests.specgate.sdl import slim

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
PACKAGE_JSON = HERE.parent / "package.json"
OPERATIONS = HERE / "github" / "operations.txt"
CACHE = ROOT / ".specs"

OPENAPI = "@octokit/openapi"
GRAPHQL = "@octokit/graphql-schema"
EXAMPLES = "@octokit/webhooks-examples"
SPECS = ("api.github.com", "ghes-3.19")
"""In this order: what GitHub.com documents is taken from there, the rest from GitHub Enterprise Server."""


class PackageRefused(Exception):
    """A package is not the one that ``tests/package.json`` names."""


@functools.cache
def wanted_operations() -> tuple[str, ...]:
    """The operations listed in ``github/operations.txt``."""
    lines = OPERATIONS.read_text(encoding="utf-8").splitlines()
    return tuple(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@functools.cache
def cache_file() -> Path:
    """Where the cut lies that belongs to these versions, these operations and this way of cutting."""
    digest = hashlib.sha256(PACKAGE_JSON.read_bytes())
    for part in ("cut.py", "hookshapes.py", "sdl.py", "packages.py"):
        digest.update((HERE / part).read_bytes())
    digest.update("\n".join(sorted(wanted_operations())).encode())
    return CACHE / f"github-{digest.hexdigest()[:16]}.json"


@functools.cache
def vendor() -> Any:
    """The cut: ``rest``, ``graphql``, ``examples``, ``shapes``; None where it was not made."""
    file = cache_file()
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def make() -> Path:
    """Make the cache where it is missing; older ones go.

    Raises:
        PackageRefused: see there.
        subprocess.CalledProcessError: npm could not fetch a package.
        FileNotFoundError: there is no npm.
    """
    file = cache_file()
    if file.exists():
        return file
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        text = json.dumps(_cut(_fetched(Path(folder))), separators=(",", ":"), ensure_ascii=False)
        whole = Path(folder) / "cut.json"
        whole.write_text(text, encoding="utf-8")
        for old in CACHE.glob("github-*"):
            old.unlink()
        whole.replace(file)
    return file


def refresh() -> None:
    """Make the cache anew where one was made before and the list of operations has changed since."""
    if not cache_file().exists() and any(CACHE.glob("github-*.json")):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            make()


def _fetched(folder: Path) -> dict[str, Path]:
    """The checked tarballs by package name."""
    pinned = json.loads(PACKAGE_JSON.read_text(encoding="utf-8"))
    versions: dict[str, str] = pinned["dependencies"]
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm")
    names = [f"{name}@{version}" for name, version in versions.items()]
    command = [
        npm,
        "pack",
        "--silent",
        "--ignore-scripts",
        "--prefer-offline",
        "--pack-destination",
        str(folder),
        *names,
    ]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, timeout=300)
    found = {}
    for name, version in versions.items():
        tarball = folder / f"{name.lstrip('@').replace('/', '-')}-{version}.tgz"
        check_integrity(name, tarball.read_bytes(), pinned["integrity"][name])
        found[name] = tarball
    return found


def check_integrity(name: str, content: bytes, expected: str) -> None:
    """The package is the pinned one.

    Raises:
        PackageRefused: it is not. The attack: a registry or a mirror that hands out something else.
    """
    digest = "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()
    if digest != expected:
        raise PackageRefused(f"{name} is not the package that tests/package.json names")


def _cut(packages: dict[str, Path]) -> Any:
    specs = ((name, json.loads(_member(packages[OPENAPI], f"generated/{name}.json"))) for name in SPECS)
    examples = json.loads(_member(packages[EXAMPLES], "api.github.com/index.json"))
    by_event = {one["name"]: one["examples"] for one in examples}
    return {
        "rest": cut_down(specs, wanted_operations()),
        "graphql": slim(_member(packages[GRAPHQL], "schema.graphql").decode()),
        "examples": by_event,
        "shapes": shapes_of(by_event),
    }


def _member(tarball: Path, name: str) -> bytes:
    with tarfile.open(tarball) as packed:
        found = packed.extractfile(f"package/{name}")
        if found is None:
            raise PackageRefused(f"{name} is missing")
        return found.read()
