"""The index of a dossier as one HTML page, in Indonesian; without scripts, fonts or anything from elsewhere.

All of it but the fixed words is escaped: names of files, findings and titles come from requests.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from typing import Any

from automation.core.remembered import (
    INVENTORY,
    LIFE,
    MIGRATION,
    ORPHANED,
    REVOKED,
    Ruling,
    capacity_words,
)

_STYLE = (
    "body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%;margin:.5em 0 2em}"
    "td,th{border:1px solid #bbb;padding:.25em .5em;text-align:left;vertical-align:top}"
    "code{font-size:85%;overflow-wrap:anywhere}"
)
_NOTE = (
    "<p>Halaman ini untuk dibaca. Keasliannya diperiksa dengan "
    "<code>laik dossier verify BERKAS --keyring kunci.json</code>, memakai gelang kunci yang diperoleh "
    "langsung dari dinas, bukan yang ada di dalam arsip ini.</p>"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
COMMENTS = {
    "utuh": "utuh",
    "disunting": "DISUNTING sesudah diputuskan",
    "dihapus": "DIHAPUS sesudah diputuskan",
    "tidak_terlihat": "tidak terlihat",
}
_RULINGS: Mapping[Ruling, str] = {
    "approved": "disetujui",
    "detoured": "disetujui lewat jalan lain",
    "refused": "dikembalikan",
    "resumed": "dilanjutkan",
    "waived": "dikecualikan",
    "migrated": "pindah versi SOP disetujui",
    "noted": "dicatat",
    "void": "tidak dihitung",
    "told": "pertanyaan",
}


_STEPS: Mapping[str, str] = {
    LIFE: "(seluruh kasus)",
    REVOKED: "(pencabutan nama)",
    ORPHANED: "(pencabutan nama)",
    INVENTORY: "(inventaris)",
    MIGRATION: "(versi SOP)",
}


def page(facts: Mapping[str, Any]) -> str:
    """The whole page for an index."""
    procedure = facts["procedure"]
    body = [
        f"<h1>Berkas kasus {_text(facts['case'])}</h1>",
        f"<p>{_text(procedure['title'])} ({_text(procedure['id'])} {_text(procedure['version'])}).</p>",
        f"<p>Disusun {_text(facts['built_at'])}.",
        f"{facts['entries']} catatan buku besar, {facts['signatures']} tanda tangan.</p>",
        _NOTE,
        *_problems(facts["problems"]),
        "<h2>Langkah dan waktu</h2>",
        _table(
            ("No", "Langkah", "Keadaan", "Mulai", "Tenggat", "Selesai", "Temuan"), map(_step, facts["steps"])
        ),
        "<h2>Dokumen menurut SOP</h2>",
        _table(("Dokumen", "Tempat", "Digest", "Dinilai pada"), map(_document, facts["documents"])),
        "<h2>Semua berkas</h2>",
        _table(("Tempat", "Jalur", "Byte", "SHA-256", "Dalam arsip"), map(_file, facts["files"])),
        "<h2>Tindakan dan komentarnya</h2>",
        _table(("Catatan", "Langkah", "Putusan", "Akun", "Komentar kini"), map(_act, facts["acts"])),
    ]
    return (
        '<!doctype html>\n<html lang="id"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>Berkas {_text(facts['case'])}</title><style>{_STYLE}</style></head><body>\n"
        + "\n".join(body)
        + "\n</body></html>\n"
    )


def ruling_words(ruling: str) -> str:
    """How an act was ruled, for people; as it stands where a newer laik wrote it."""
    known: Mapping[str, str] = {str(name): words for name, words in _RULINGS.items()}
    return known.get(ruling, ruling)


def step_words(step: str) -> str:
    """What an act was about, for people: a step by its key, a hosting request by its number."""
    name, mark, number = step.partition("!")
    return _STEPS.get(step) or (f"permintaan hosting {number}" if mark and name == "hosting" else step)


def _problems(problems: Iterable[object]) -> list[str]:
    listed = [f"<li>{_text(one)}</li>" for one in problems]
    return ["<h2>Yang tidak terbaca</h2>", f"<ul>{''.join(listed)}</ul>"] if listed else []


def _step(one: Mapping[str, Any]) -> list[str]:
    due = f"{one['due']} (terlambat)" if one["late"] else one["due"]
    findings = "<br>".join(
        f"{_text(finding['outcome'])} {_text(finding['check'])}: {_text(finding['seen'])}"
        for finding in one["findings"]
    )
    return [
        _text(one["number"]),
        _text(one["key"]),
        _text(one["state"]),
        _text(one["opened"]),
        _text(due),
        _text(one["closed"]),
        findings,
    ]


def _document(one: Mapping[str, Any]) -> list[str]:
    bound = "; ".join(
        f"{bind['step']} (catatan {bind['seq']}): {'isi ini' if bind['same'] else 'ISI LAIN'}"
        for bind in one["bound"]
    )
    digest = f"<code>{_text(one['digest'])}</code>" if one["digest"] else "tidak ada"
    return [_text(one["name"]), _text(f"{one['home']}: {one['path']}"), digest, _text(bound)]


def _file(one: Mapping[str, Any]) -> list[str]:
    member = f'<a href="{_text(one["member"])}">buka</a>' if one["member"] else "hanya digest (rahasia)"
    return [
        _text(one["home"]),
        _text(one["path"]),
        _text(one["size"]),
        f"<code>{_text(one['sha256'])}</code>",
        member,
    ]


def _act(one: Mapping[str, Any]) -> list[str]:
    return [
        _text(one["seq"]),
        _text(step_words(str(one["step"]))),
        _text(ruling_words(str(one["ruling"]))),
        _text(f"{one['account']}{capacity_words(str(one.get('capacity', '')))}"),
        _text(COMMENTS.get(str(one["comment_now"]), str(one["comment_now"]))),
    ]


def _table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f"<th>{title}</th>" for title in titles)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>"


def _text(value: object) -> str:
    """Escaped; what is no printable letter (a byte of no UTF-8, a turn of the line) is shown as a mark."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in str(value))
    return html.escape(shown, quote=True)
