"""The output port against what a forge does with text: quick actions, mentions, references, markers.

Texts are generated from a seed, so that a failure can be run again. Each stands at every place where text
from outside may stand in what laik writes. The embedded forge's own interpreter judges all of them, and a
stricter reading beside it: any ``/word`` at a line's start, code fences or not. Some go over HTTP, as a new
and as an edited comment, description and title, by an account that could do everything asked for.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
from markdown_it import MarkdownIt

from automation.core.act import parse_comment
from automation.core.outputport import Untrusted, neutralise, one_line, outgoing
from automation.localforge.quickactions import COMMANDS, extract
from tests.localforge.forgeworld import World, commit, world

TEXTS = 12_000
SEED = 20260302
MARKER = "<!-- laik:kartu:PA-2026-0042 -->"

BREAKS = [
    "\n",
    "\r",
    "\r\n",
    "\n\r",
    "\u2028",
    "\u2029",
    "\x85",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x00",
]
UNSEEN = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\xad",
    "\u202e",
    "\u2066",
    "\u034f",
    "\u3164",
    "\ud800",
]
PREFIXES = [
    "",
    " ",
    "   ",
    "    ",
    "\t",
    "\xa0",
    "\u3000",
    "- ",
    "* ",
    "+ ",
    "1. ",
    "1) ",
    "> ",
    ">>>",
    "> - ",
    "# ",
]
LINES = [
    *(f"/{name}" for name in COMMANDS), "/label ~x", "/title direbut", "/assign @root", "/close extra",
    "/CLOSE", "\uff0fclose", "\u2044close", "\\/close", "//close", "/ close", "/due 2026-01-01",
    "/spend 1h", "/shrug", "/move a/b", "/confidential", "```", "~~~", "````", "```suggestion", ">>>", "$$",
    "<details>", "</details>", "<pre>", "</pre>", "<!--", "-->", "---\nformat: x\n---", "+++", ";;;",
    "| a | b |\n|--|--|", "===", "***", "[TOC]", "[[_TOC_]]", "::include{file=x}",
]  # fmt: skip
INLINE = [
    "@all", "@here", "@user", "@diskominfo/tim", "@laik setuju kak 7f3a", "a@b.example", "\uff20all", "@",
    "&#64;all", "#1", "!1", "~x", '~"x y"', "%1", '%"m"', "$1", "&1", "^alert#1", "*iteration:1",
    "[vulnerability:1]", "[issue:1]", "GH-1", "gh-12", "GL-3", "org/repo#1", "org/repo!2",
    "org/repo@" + "a" * 40, "PA-2026-0042", "a" * 40, "Closes #1", "closes: #1", "fixes org/repo#1",
    "resolve GH-1", "Closing https://forge.example/a/b/-/issues/1", "implements !1", "Duplicate of #1",
    "![x](https://x.example/p.png)", "[x](javascript:alert(1))", "[x]: http://y", "<img src=x onerror=y>",
    "<a href='//x'>", "<script>", "</td></tr>", "https://x.example", "http:\\\\x", "ftp://x",
    "www.x.example", "javascript:x", "<https://x>", "mailto:a@b.example", "[^1]", "[ ] tugas", "[x] tugas",
    "{+ a +}", "`", "``", "\\", "\\\\", "|", "*", "**", "_", "__", "~~", "$`a`$", "$x$", ":robot:", "&lt;",
    "&sol;close", "&#47;close", MARKER, "<!-- laik:jawab:issue/1/0 -->", "<!-- laik", "\u200b<!-- laik -->",
    "teks biasa", "dan/atau", "100%", "é", "日本", "😀", "x" * 1200,
]  # fmt: skip

# Where text from outside stands in cards and answers: before it, and after it.
PLACES: dict[str, tuple[str, str]] = {
    "line": ("", ""),
    "inside a line": ("Nama: ", ", selesai."),
    "new line": ("Judul\n", "\nakhir"),
    "new paragraph": ("Judul\n\n", "\n\nakhir"),
    "list item": ("- ", "\n- dua"),
    "numbered item": ("1. ", "\n2. dua"),
    "nested item": ("- satu\n  - ", "\n"),
    "quotation": ("> ", "\n"),
    "heading": ("### ", "\n\nisi"),
    "strong": ("giliran **", "**\n"),
    "table cell": ("| a | b |\n|--|--|\n| satu | ", " |\n"),
    "code": ("Kode `", "` dan\n"),
    "code block": ("```\n", "\n```\n"),
    "after a marker": (f"{MARKER}\n", "\n"),
    "behind a code block": ("```\n@laik setuju kak\n```\n", "\n"),
}
_MENTION = re.compile(r"(?<![\w`])@[A-Za-z0-9_]")
_REFERENCE = re.compile(r"[#!%~$&]\d|\b(?:GH|GL)-\d|\[\w+:|\*iteration:|\^alert#|[\[{][+ xX-]", re.IGNORECASE)
_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)
_COMMAND_LINE = re.compile(r"^[\s>*+-]*/[A-Za-z_]", re.MULTILINE)


def texts(number: int = TEXTS, seed: int = SEED) -> Iterator[str]:
    """Texts of one to six pieces: lines after breaks and prefixes, pieces within a line, unseen marks."""
    dice = random.Random(seed)
    for _ in range(number):
        pieces = []
        for _ in range(dice.randint(1, 6)):
            if dice.random() < 0.6:
                pieces += [dice.choice(BREAKS), dice.choice(PREFIXES), dice.choice(LINES)]
            else:
                pieces += [dice.choice(INLINE), dice.choice(["", " ", *UNSEEN])]
        if dice.random() < 0.2:
            pieces = [letter + dice.choice(UNSEEN) for letter in "".join(pieces)[:60]]
        yield "".join(pieces)


def lines_as_gitlab_has_them(body: str) -> str:
    return body.replace("\r", "")


def visible(markdown: MarkdownIt, body: str) -> list[str]:
    """The text nodes of what is rendered, where forges look for mentions and references."""
    found = []
    for token in markdown.parse(body):
        for child in token.children or []:
            assert child.type not in {"link_open", "image", "html_inline", "autolink"}, child.type
            found += [child.content] if child.type == "text" else []
    return found


def test_no_generated_text_is_a_command_mention_reference_or_marker_at_any_place() -> None:
    judged = 0
    for text in texts():
        inert = outgoing([Untrusted(text)])
        assert "\n" not in inert
        assert not _MENTION.search(inert), text
        assert not _REFERENCE.search(inert), text
        assert not _ADDRESS.search(inert), text
        assert "<!" not in inert
        for name, (before, after) in PLACES.items():
            body = outgoing([before, Untrusted(text), after])
            assert extract(body)[1] == [], (name, text)
            assert not _COMMAND_LINE.search(lines_as_gitlab_has_them(body)), (name, text)
            assert body.startswith(MARKER) == before.startswith(MARKER), (name, text)
            assert body.count("<!--") == before.count("<!--"), (name, text)
            assert body.count("\n") == before.count("\n") + after.count("\n"), (name, text)
            judged += 1
    print(f"{TEXTS} texts at {len(PLACES)} places: {judged} judged")
    assert judged == TEXTS * len(PLACES) >= 10_000


def test_several_lines_of_a_generated_text_stay_inert_too() -> None:
    """What keeps its lines (:func:`neutralise`), and titles, which are one line of plain text."""
    for text in texts(4000, seed=SEED + 1):
        body = neutralise(text)
        assert extract(body)[1] == [], text
        assert not _COMMAND_LINE.search(lines_as_gitlab_has_them(body)), text
        assert not _MENTION.search(body), text
        assert not _REFERENCE.search(body), text
        title = one_line(text, 255)
        assert len(title.splitlines()) <= 1
        assert not _MENTION.search(title), text
        assert not _REFERENCE.search(title), text
        assert len(title) <= 255


def test_what_is_rendered_holds_no_link_mention_reference_or_command_either() -> None:
    """Escapes and entities are gone in the rendered text; what parts a mention must stay."""
    markdown = MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"])
    for text in texts(500, seed=SEED + 2):
        for name, (before, after) in PLACES.items():
            if "code" in name:
                continue
            body = outgoing([before, Untrusted(text), after])
            for shown in visible(markdown, body):
                assert not _MENTION.search(shown), (name, text)
                assert not _REFERENCE.search(shown), (name, text)
                assert not _ADDRESS.search(shown), (name, text)
            assert parse_comment(body) == (), (name, text)
            structure = [token.type for token in markdown.parse(outgoing([before, "x", after]))]
            assert not inert_only(text) or [one.type for one in markdown.parse(body)] == structure, (
                name,
                text,
            )


def inert_only(text: str) -> bool:
    """Whether anything of a text is left to see; an empty line is a structure of its own."""
    return bool(outgoing([Untrusted(text)]).strip())


@pytest.mark.parametrize(
    "text", ["GH-1", "Closes gh-12", "GL-7", "resolves GH-", "[vulnerability:3]", "[ ] a", "{+ a +}"]
)
def test_what_forges_find_in_rendered_text_is_parted(text: str) -> None:
    body = outgoing([Untrusted(text), "1"])
    assert not _REFERENCE.search(body)
    assert body.replace("\u200b", "").replace("\\", "") == f"{text}1"


@pytest.mark.parametrize("text", ["PA-2026-0042", "dan/atau", "a" * 40, "sha-256", "ISO-8601", "high-1"])
def test_what_people_copy_is_left_as_it_is(text: str) -> None:
    assert outgoing([Untrusted(text)]) == text


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("pintu-keluar")) as made:
        yield made


def hostile(number: int, seed: int) -> list[str]:
    """Texts that the forge would act on were they written as they are."""
    found = (text for text in texts(1000 * number, seed) if extract(text)[1])
    return [text for text, _ in zip(found, range(number), strict=False)]


@pytest.mark.parametrize("kind", ["issue", "merge_request"])
def test_over_http_nothing_runs_in_comments_and_descriptions_new_or_edited(forge: World, kind: str) -> None:
    seen, thing = a_thing(forge, kind)
    comment: Any = None
    sample, places = hostile(100, SEED + 3), list(PLACES.values())
    assert len(sample) == 100
    for number, text in enumerate(sample):
        before, after = places[number % len(places)]
        body = outgoing([before, Untrusted(text), after])
        made = thing.notes.create({"body": body})
        assert made.attributes.get("commands_changes") in (None, {}), text
        assert made.body == body, text
        comment = comment or made
        comment.body = body
        comment.save()
        assert comment.body == body, text
        thing.description = body
        thing.title = one_line(f"{number} {text}", 255)
        thing.save()
        assert thing.description == body, text
    unharmed(seen, thing)
    assert len([one for one in thing.notes.list(get_all=True) if not one.system]) == len(sample)


def test_over_http_nothing_runs_in_a_new_issue_or_merge_request(forge: World) -> None:
    seen, _ = a_thing(forge)
    for text in hostile(60, SEED + 4):
        body = outgoing(["Lihat ", Untrusted(text), "\n", Untrusted(text)])
        made = seen.issues.create({"title": one_line(text, 255) or "x", "description": body})
        assert made.description.strip() == body.strip()
        unharmed(seen, made)
    for number, text in enumerate(hostile(20, SEED + 5)):
        made = merge_request(seen, f"m{number}", one_line(text, 255) or "x", outgoing([Untrusted(text), " "]))
        unharmed(seen, made)


def test_the_forge_does_run_such_text_when_it_is_not_made_inert(forge: World) -> None:
    """Without this, the tests above would hold of a forge that knows no commands."""
    seen, thing = a_thing(forge)
    thing.notes.create({"body": "teks\n\r/label ~x\n/title direbut"})
    fresh = seen.issues.get(thing.iid)
    assert (fresh.title, fresh.labels) == ("direbut", ["x"])


def a_thing(forge: World, kind: str = "issue") -> tuple[Any, Any]:
    """A project where the account is Maintainer and a label ``x`` waits, and an issue or request in it."""
    name = f"penulis/p{len(forge.root.projects.list(get_all=True))}"
    project = forge.project(name, members={"bot": 40}, files={"a": "a"})
    project.labels.create({"name": "x", "color": "#ffffff"})
    seen = forge.seen("bot", project)
    if kind == "merge_request":
        return seen, merge_request(seen, "ubah", "Judul", "isi")
    return seen, seen.issues.create({"title": "Judul", "description": "isi"})


def merge_request(seen: Any, branch: str, title: str, description: str) -> Any:
    commit(seen, {f"{branch}.txt": branch}, branch, start_branch="main")
    about = {"source_branch": branch, "target_branch": "main", "title": title, "description": description}
    return seen.mergerequests.create(about)


def unharmed(seen: Any, thing: Any) -> None:
    """No command ran: open, own title, no label, nobody assigned, not approved."""
    is_request = hasattr(thing, "source_branch")
    fresh = (seen.mergerequests if is_request else seen.issues).get(thing.iid)
    assert (fresh.state, fresh.labels, fresh.assignees) == ("opened", [], [])
    assert fresh.title != "direbut"
    assert not is_request or fresh.approvals.get().approved_by == []
