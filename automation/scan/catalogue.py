"""laik's rules: the shipped ast-grep files, the rules written in Python, and their digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import cast

from automation.core.yamltext import load_mapping
from automation.scan import envrules, secretrules
from automation.scan.records import Rule

RULES = Path(__file__).with_name("rules")
FOLDERS = {
    "php": ("php",),
    "javascript": ("javascript", "typescript", "tsx"),
    "bash": ("bash",),
}
FORMAT = "laik/pindai/1"


@lru_cache(maxsize=1)
def rule_files() -> Mapping[str, str]:
    """The text of every shipped rule file, by its path under ``rules/``."""
    return {
        str(path.relative_to(RULES)): path.read_text(encoding="utf-8")
        for path in sorted(RULES.glob("*/*.yml"))
    }


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Rule]:
    """All rules by id."""
    shipped = [_shipped(path, text) for path, text in rule_files().items() if not path.startswith("utils/")]
    return {rule.id: rule for rule in [*shipped, *secretrules.RULES, *envrules.RULES, *OTHERS]}


def _shipped(path: str, text: str) -> Rule:
    data = load_mapping(text, path=path).data
    about = cast("Mapping[str, str]", data["metadata"])
    return Rule(str(data["id"]), about["tingkat"], str(data["message"]), about["en"], str(data["note"]))


OTHERS = (
    Rule(
        "php-in-media",
        "tinggi",
        "Kode PHP tersembunyi di dalam berkas gambar atau dokumen.",
        "PHP code hides in a picture or document.",
        "Hapus berkas itu atau ganti dengan gambar yang bersih.",
    ),
    Rule(
        "server-runs-data",
        "tinggi",
        "Setelan server membuat berkas lain dijalankan sebagai PHP.",
        "A server setting makes other files run as PHP.",
        "Hapus AddType/AddHandler/SetHandler/auto_prepend_file dari .htaccess atau .user.ini.",
    ),
    Rule(
        "vue-raw-html",
        "sedang",
        "Vue mencetak HTML mentah (v-html).",
        "Vue prints raw HTML (v-html).",
        "Pakai {{ }}; bila HTML memang perlu, bersihkan dengan DOMPurify.",
    ),
)


def engine_files() -> Mapping[str, str]:
    """The rule files as ast-grep gets them: JavaScript rules also for TypeScript and TSX."""
    written: dict[str, str] = {}
    for path, text in rule_files().items():
        folder, _, name = path.partition("/")
        if folder == "utils":
            written[path] = text
            continue
        for language in FOLDERS[folder]:
            own = text.replace(f"\nlanguage: {folder}\n", f"\nlanguage: {language}\n", 1)
            own = own.replace("id: ", f"id: {language}.", 1)
            written[f"rules/{language}-{name}"] = own
    return written


@lru_cache(maxsize=1)
def ruleset_digest() -> str:
    """Hex SHA-256 over the rules, the code that applies them and the versions of the tools."""
    total = hashlib.sha256(FORMAT.encode())
    for path, text in rule_files().items():
        total.update(f"\0{path}\0{text}".encode())
    for module in sorted(Path(__file__).parent.glob("*.py")):
        total.update(b"\0" + module.name.encode() + b"\0" + module.read_bytes())
    for tool in ("ast-grep-cli", "bandit"):
        total.update(f"\0{tool}={metadata.version(tool)}".encode())
    return total.hexdigest()
