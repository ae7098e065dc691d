"""A template tree becomes the files of a repository: pure, in memory, the same bytes every time.

Paths are checked after rendering, because an answer may stand in them. Where managed files come out,
``.laik/jawaban.yml`` is added: what laik needs to bring a newer version of them later.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from automation.core.answers import RECORD_PATH, write_record
from automation.core.errors import RenderFailed, UnsafePath, Where
from automation.core.sandbox import render_text
from automation.core.template import OTHERWISE, Answer, TemplateManifest, TemplateSource, check_answers
from automation.core.text import Bilingual

SUFFIX = ".jinja"
MAX_FILES = 2_000
MAX_TREE = 20_000_000  # bytes of the whole result
MAX_PATH = 240
_SEGMENT = re.compile(r"[A-Za-z0-9._@+-]{1,100}")

OwnedBy = Literal["managed", "seed"]


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """One file of the result; ``managed`` ones belong to the office and are brought up to date."""

    path: str
    content: bytes
    executable: bool
    ownership: OwnedBy


def render_tree(source: TemplateSource, answers: Mapping[str, object]) -> tuple[RenderedFile, ...]:
    """All files of ``source`` with ``answers`` in them, sorted by path; nothing is written.

    Raises:
        InvalidRequest: an answer is missing, unknown or of the wrong kind.
        UnsafePath: a path would leave its folder, hide in ``.git`` or meet another path.
        RenderFailed: a template is wrong (file and line), too large, or belongs to nobody.
    """
    if len(source.files) > MAX_FILES:
        raise _failed(source.id, f"lebih dari {MAX_FILES} berkas", f"over {MAX_FILES} files")
    checked = check_answers(source.manifest, answers)
    rendered = [_render_file(source, path, raw, checked) for path, raw in sorted(source.files.items())]
    files = [file for file in rendered if _is_wanted(source.manifest, file.path, checked)]
    _refuse_clashes(source.id, files)
    managed = {file.path: file.content for file in files if file.ownership == "managed"}
    if managed:
        record = write_record(source.manifest.id, source.manifest.versi, checked, managed)
        files.append(RenderedFile(RECORD_PATH, record, executable=False, ownership="managed"))
    if sum(len(file.content) for file in files) > MAX_TREE:
        raise _failed(source.id, f"hasil lebih dari {MAX_TREE} bita", f"the result is over {MAX_TREE} bytes")
    return tuple(sorted(files, key=lambda file: file.path))


def matches(path: str, globs: Iterable[str]) -> bool:
    """Whether ``path`` matches one of ``globs``: ``*`` stays in a folder, ``**`` goes through them."""
    return any(_glob(one).fullmatch(path) for one in globs)


def check_path(path: str, *, place: str) -> str:
    """``path`` when it is safe to write in a repository on any system.

    Only plain ASCII names: ``.git`` has many spellings on file systems that fold case, drop trailing
    dots or ignore invisible characters, and a checkout of such a name runs code (CVE-2014-9390).

    Raises:
        UnsafePath: naming ``path``; ``place`` is where it was asked for.
    """
    segments = path.split("/")
    if len(path) > MAX_PATH or not all(_is_safe(segment) for segment in segments):
        raise _unsafe(place, f"nama berkas {path[:120]!r} tidak aman", f"unsafe file name {path[:120]!r}")
    return path


def _is_safe(segment: str) -> bool:
    bare = segment.rstrip(".").casefold()
    return _SEGMENT.fullmatch(segment) is not None and bare not in {"", ".git"} and segment[-1] != "."


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*)", pattern)
    meaning = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*"}
    return re.compile("".join(meaning.get(part) or re.escape(part) for part in parts))


def _render_file(
    source: TemplateSource, path: str, raw: bytes, answers: Mapping[str, Answer]
) -> RenderedFile:
    place = f"{source.id}/{path}"
    target = _render_path(path, answers, place)
    content = raw
    if target.endswith(SUFFIX):
        target = target.removesuffix(SUFFIX)
        content = render_text(_decoded(raw, place), answers, place=place).encode()
    check_path(target, place=place)
    manifest = source.manifest
    return RenderedFile(
        target, content, matches(target, manifest.executable), _ownership(manifest, target, place)
    )


def _is_wanted(manifest: TemplateManifest, path: str, answers: Mapping[str, Answer]) -> bool:
    """Whether every condition on the path agrees with the answers; a path without one is always wanted."""
    for name, by_value in manifest.bila.items():
        named = {value for value, globs in by_value.items() if matches(path, globs)}
        answer = answers[name] if answers[name] in by_value else OTHERWISE
        if named and answer not in named:
            return False
    return True


def _render_path(path: str, answers: Mapping[str, Answer], place: str) -> str:
    """Each folder and file name is rendered alone, so that no answer can add or leave a folder."""
    if "{" not in path:
        return path
    segments = []
    for segment in path.split("/"):
        rendered = render_text(segment, answers, place=place) if "{" in segment else segment
        if "/" in rendered:
            raise _unsafe(
                place,
                f"nama {rendered[:120]!r} memuat pemisah folder",
                f"the name {rendered[:120]!r} holds a folder separator",
            )
        segments.append(rendered)
    return "/".join(segments)


def _decoded(raw: bytes, place: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _failed(place, "bukan teks UTF-8", "not UTF-8 text") from None


def _ownership(manifest: TemplateManifest, path: str, place: str) -> OwnedBy:
    managed = matches(path, manifest.berkas.managed)
    seed = matches(path, manifest.berkas.seed)
    if managed:
        return "managed"
    if not seed:
        raise _failed(
            place,
            f"'{path}' tidak termasuk 'managed' atau 'seed'",
            f"'{path}' is neither 'managed' nor 'seed'",
        )
    return "seed"


def _refuse_clashes(template: str, files: Iterable[RenderedFile]) -> None:
    """No two files at one name (also where case does not count), no file where another has a folder."""
    taken: set[str] = {RECORD_PATH}
    folders: set[str] = set()
    for file in files:
        name = file.path.casefold()
        parents = name.split("/")[:-1]
        above = {"/".join(parents[: depth + 1]) for depth in range(len(parents))}
        if name in taken or name in folders or above & taken:
            raise _unsafe(
                template,
                f"berkas '{file.path}' bertabrakan dengan berkas lain",
                f"the file '{file.path}' clashes with another",
            )
        taken.add(name)
        folders |= above


def _unsafe(place: str, indonesian: str, english: str) -> UnsafePath:
    return UnsafePath(
        Bilingual(f"Templat: {indonesian}.", f"Template: {english}."),
        remedy=Bilingual(
            "Pakai huruf, angka, titik, garis bawah dan tanda hubung saja; tidak ada yang ditulis.",
            "Use letters, digits, dots, underscores and hyphens only; nothing was written.",
        ),
        where=Where(file=place),
    )


def _failed(place: str, indonesian: str, english: str) -> RenderFailed:
    return RenderFailed(
        Bilingual(f"Templat: {indonesian}.", f"Template: {english}."),
        remedy=Bilingual(
            "Perbaiki templatnya; tidak ada yang ditulis.", "Mend the template; nothing was written."
        ),
        where=Where(file=place),
    )
