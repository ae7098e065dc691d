"""The templates on disk: those shipped with laik, or any folder of template folders."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from automation.core.errors import RenderFailed, Where
from automation.core.template import MANIFEST, TemplateSource, source_of, with_bases, with_default
from automation.core.text import Bilingual

MAX_FILE_BYTES = 5_000_000
OWNERS_TEAM = "tim-teknis"


@cache
def bundled() -> Mapping[str, TemplateSource]:
    """The templates shipped with laik by id, read once a process.

    Raises:
        RenderFailed: a template is incomplete; see :func:`automation.core.template.source_of`.
    """
    return MappingProxyType(load_folder(_shipped()))


def bundled_for(forge: str, organisation: str) -> Mapping[str, TemplateSource]:
    """The templates shipped with laik, made for one kind of forge unless an answer says otherwise.

    Args:
        forge: ``gitlab`` or ``github``.
        organisation: the group or organisation that owns the office's files.
    """
    # On GitHub a code owner is an account or a team, never a whole organisation.
    owner = f"@{organisation}/{OWNERS_TEAM}" if forge == "github" else f"@{organisation}"
    return MappingProxyType(
        {
            name: with_default(with_default(source, "forge", forge), "pemilik_kode", owner)
            for name, source in bundled().items()
        }
    )


def load_folder(folder: Path) -> dict[str, TemplateSource]:
    """Every ``<id>/template.yml`` under ``folder``, each over its base."""
    found = sorted(path.parent for path in folder.glob(f"*/{MANIFEST}"))
    return with_bases({path.name: source_of(path.name, _read_tree(path)) for path in found})


def _shipped() -> Path:
    """The installed package data, else the checkout's own folder."""
    installed = Path(str(files("automation") / "_templates"))
    if installed.is_dir():
        return installed
    return Path(__file__).resolve().parents[2] / "project_templates"


def _read_tree(folder: Path) -> dict[str, bytes]:
    tree: dict[str, bytes] = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        # A link inside a template could bring a file of this machine into a new repository.
        if path.is_symlink():
            raise _refused(f"{folder.name}/{name}", "tautan simbolik", "a symbolic link")
        if not path.is_file():
            continue
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _refused(f"{folder.name}/{name}", "berkas terlalu besar", "too large a file")
        tree[name] = path.read_bytes()
    return tree


def _refused(place: str, indonesian: str, english: str) -> RenderFailed:
    return RenderFailed(
        Bilingual(f"Templat memuat {indonesian}.", f"The template holds {english}."),
        remedy=Bilingual("Keluarkan berkas itu dari templat.", "Take that file out of the template."),
        where=Where(file=place),
    )
