"""Is a whole nginx tree one that nginx will load, without a word of warning?"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import crossplane

from automation.targets.checkers import Checkers, refused, run_checker


def check_tree(tree: Path, *, checkers: Checkers) -> tuple[str, ...]:
    """Check the tree at ``tree`` (with ``nginx.conf`` in it); the names of the checkers used.

    Our own index of server names comes first: for nginx a second virtual host of one name is a mere
    warning with exit code 0, and the second agency's site is dark. Then ``nginx -t`` over the whole tree
    (it cannot check a fragment), where any warning is a failure; without nginx, crossplane's syntax.

    Raises:
        CheckFailed: naming the file and the reason.
    """
    _refuse_duplicates(tree)
    if checkers.nginx is None:
        return ("crossplane",)
    # Own prefix: the check writes its pid and temporary folders there and never into the candidate.
    with tempfile.TemporaryDirectory(prefix="laik-nginx-") as prefix:
        code, output = run_checker(
            [checkers.nginx, "-t", "-p", prefix, "-e", "stderr", "-c", str(tree.resolve() / "nginx.conf")]
        )
    if code != 0 or "[warn]" in output:
        raise refused("nginx.conf", "nginx -t", _without(tree, output))
    return ("nginx -t",)


def server_names(tree: Path) -> dict[str, list[tuple[str, str]]]:
    """(file name, listen value) by server name, over the whole tree, read with crossplane.

    Raises:
        CheckFailed: crossplane could not parse a file.
    """
    parsed = crossplane.parse(str(tree / "nginx.conf"), combine=False, strict=False)
    for file in parsed["config"]:
        for error in file["errors"]:
            raise refused(Path(file["file"]).name, "crossplane", _without(tree, str(error["error"])))
    if parsed["status"] != "ok":
        raise refused("nginx.conf", "crossplane", str(parsed["errors"][:1]))
    names: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for file in parsed["config"]:
        for server in _servers(file["parsed"]):
            listens = [one["args"][0] for one in server if one["directive"] == "listen"]
            words = [word for one in server if one["directive"] == "server_name" for word in one["args"]]
            for word in words:
                names[word.casefold().rstrip(".")] += [(Path(file["file"]).name, door) for door in listens]
    return dict(names)


def _without(tree: Path, message: str) -> str:
    """A checker's message without the machine's paths: it is shown on the forge."""
    return message.replace(f"{tree.resolve()}/", "").replace(f"{tree}/", "")


def _servers(block: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = []
    for directive in block:
        inner = directive.get("block") or []
        found += [inner] if directive["directive"] == "server" else _servers(inner)
    return found


def _refuse_duplicates(tree: Path) -> None:
    for name, places in server_names(tree).items():
        doors = [door for _, door in places]
        if len(set(doors)) != len(doors):
            files = ", ".join(sorted({file for file, _ in places}))
            raise refused(files, "server_name", f"{name} dua kali / twice")
