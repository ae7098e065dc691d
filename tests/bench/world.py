"""The 30-file template that laik, cookiecutter and copier render alike, written in each one's form."""

from __future__ import annotations

import json
from pathlib import Path

ANSWERS = {
    "nama": "Antrean Puskesmas Daring",
    "slug": "antrean-puskesmas",
    "pemilik": "Dinas Kesehatan",
    "kunci": "PA-2026-0042",
}
FILES = 30


def bodies() -> dict[str, str]:
    """Thirty files by path (``@@name@@`` marks a value), of the sizes a real template has."""
    files: dict[str, str] = {}
    for number in range(FILES):
        folder = ("app", "config", "dokumen", "routes", "tests", ".")[number % 6]
        path = f"berkas{number:02}.txt" if folder == "." else f"{folder}/berkas{number:02}.txt"
        lines = ["# @@nama@@ (@@kunci@@)", "", "Milik @@pemilik@@, repositori @@slug@@."]
        lines += [f"{row:03}: baris tetap dari templat, seperti kode pada umumnya." for row in range(40)]
        lines += ["{% if @name:pemilik@ %}ada pemilik{% else %}tanpa pemilik{% endif %}.", "@@nama@@", ""]
        files[path] = "\n".join(lines)
    return files


def in_dialect(text: str, prefix: str) -> str:
    """``text`` with its marks written as Jinja expressions under ``prefix``."""
    for name in ANSWERS:
        text = text.replace(f"@@{name}@@", f"{{{{ {prefix}{name} }}}}")
        text = text.replace(f"@name:{name}@", f"{prefix}{name}")
    return text


def expected() -> dict[str, bytes]:
    """What all three must write, byte for byte."""
    files = {}
    for path, text in bodies().items():
        for name, value in ANSWERS.items():
            text = text.replace(f"@@{name}@@", value)  # noqa: PLW2901 - one value after the other
        branch = "{% if @name:pemilik@ %}ada pemilik{% else %}tanpa pemilik{% endif %}."
        files[path] = text.replace(branch, "ada pemilik.").encode()
    return files


def write_cookiecutter(folder: Path) -> Path:
    """The template as a cookiecutter repository."""
    root = folder / "{{ cookiecutter.slug }}"
    _write(root, {path: in_dialect(text, "cookiecutter.") for path, text in bodies().items()})
    (folder / "cookiecutter.json").write_text(json.dumps(ANSWERS))
    # Its replay file would otherwise be written into the home of whoever runs this.
    settings = {"replay_dir": str(folder / "replay"), "cookiecutters_dir": str(folder / "cache")}
    (folder / "settings.yaml").write_text(json.dumps(settings))
    return folder


def write_copier(folder: Path) -> Path:
    """The template as a copier repository."""
    _write(folder, {f"{path}.jinja": in_dialect(text, "") for path, text in bodies().items()})
    settings = [f"{name}:\n  type: str" for name in ANSWERS] + ["_exclude: [copier.yml]"]
    (folder / "copier.yml").write_text("\n".join(settings) + "\n")
    return folder


def laik_files() -> dict[str, bytes]:
    """The template as laik's folder, manifest included."""
    variables = "\n".join(f"  - {{nama: {name}, wajib: true, keterangan: {name}}}" for name in ANSWERS)
    manifest = (
        'format: laik/templat/1\nid: tiga-puluh\nnama: {id: Tiga puluh, en: Thirty}\nversi: "2026.1"\n'
        f'variabel:\n{variables}\nberkas: {{seed: ["**"]}}\n'
    )
    files = {f"{path}.jinja": in_dialect(text, "").encode() for path, text in bodies().items()}
    return {"template.yml": manifest.encode(), **files}


def found(folder: Path) -> dict[str, bytes]:
    """Every file below ``folder`` outside ``.git``."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def _write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
