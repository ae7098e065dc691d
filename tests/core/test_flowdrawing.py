"""The drawn flowchart: Mermaid and SVG, the same bytes for the same SOP, and hostile words only words."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automation.core.flowsvg import svg_of
from automation.core.mermaid import mermaid_of, safe
from automation.core.procedure import Procedure, Words, load_procedure
from checks import discover

LOMBOK = Path(__file__).parents[2] / "checks/sop/lombok-tengah.yaml"
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    '</text><script>alert(1)</script>"]; click langkah1 href "javascript:alert(1)" %%{init: {}}%% `x` #lt;'
    " \u202ebalik"
)


def lombok(*, words: str | None = None) -> Procedure:
    """The SOP; with ``words`` in every place where a SOP's text is drawn."""
    procedure = load_procedure(
        LOMBOK.read_text(encoding="utf-8"), path=LOMBOK.name, checks=frozenset(discover())
    )
    if words is None:
        return procedure
    steps = tuple(
        step.model_copy(
            update={
                "activity": step.activity.model_copy(update={"id": words}),
                "flow": step.flow.model_copy(
                    update={
                        "branches": tuple(
                            one.model_copy(update={"when": words}) for one in step.flow.branches
                        )
                    }
                ),
            }
        )
        for step in procedure.steps
    )
    return procedure.model_copy(
        update={
            "steps": steps,
            "title": Words(id=words, en=words),
            "identity": procedure.identity.model_copy(update={"agency": words}),
            "roles": tuple(role.model_copy(update={"label": words}) for role in procedure.roles),
        }
    )


def test_mermaid_has_every_step_in_its_shape_and_every_way() -> None:
    lines = mermaid_of(lombok()).splitlines()
    assert lines[0] == "flowchart TD"
    assert any(line.startswith('  langkah1(["Langkah 1: Untuk kegiatan') for line in lines)
    assert any(line.startswith('  langkah7{"Langkah 7:') for line in lines)
    assert any(line.startswith('  langkah9["Langkah 9:') for line in lines)
    assert "  langkah15 --> selesai" in lines
    ways = [line for line in lines if re.match(r"  langkah\d+ (-->|-\.->)", line)]
    assert len(ways) == sum(len(step.flow.branches) for step in lombok().steps)


def test_mermaid_dots_what_the_source_does_not_state() -> None:
    text = mermaid_of(lombok())
    assert '  langkah8 -.->|"tidak: tidak disetujui"| langkah7' in text
    assert '  langkah8 -->|"ya: disetujui"| langkah9' in text
    assert "  class langkah11 bacaan" in text


def test_hostile_words_stay_words_in_mermaid() -> None:
    lines = mermaid_of(lombok(words=HOSTILE)).splitlines()
    labels = [label for line in lines for label in re.findall(r'"([^"]*)"', line)]
    plain = [re.sub(r"#\d+;|<br/>", "", label) for label in labels]
    assert [label for label in plain if set('<>"#;`%[]{}') & set(label)] == []
    frames = {re.sub(r"\d+", "1", re.sub(r'"[^"]*"', "L", line)) for line in lines}
    assert {frame for frame in frames if "class" not in frame} == {
        "flowchart TD", "  langkah1([L])", "  langkah1[L]", "  langkah1{L}", "  selesai([L])",
        "  langkah1 --> langkah1", "  langkah1 -->|L| langkah1", "  langkah1 -.->|L| langkah1",
        "  langkah1 --> selesai",
    }  # fmt: skip


@given(st.text(max_size=60))
def test_whatever_the_text_mermaid_sees_no_sign_of_its_own(text: str) -> None:
    assert re.fullmatch(r"([A-Za-z0-9 .,:/()\-]|#\d+;)*", safe(text))


def test_the_svg_is_one_picture_with_every_lane_and_step() -> None:
    root = ET.fromstring(svg_of(lombok()))
    words = [element.text for element in root.iter(f"{SVG}text")]
    assert {str(number) for number in range(1, 16)} <= set(words)
    assert "Kepala PD" in words
    assert "Tim Teknis PD *" in words
    assert words.count("Selesai") == 2
    assert words.count("tidak") == 4
    assert len(list(root.iter(f"{SVG}polygon"))) == 4 + 1  # the decisions, and the one in the legend


def test_hostile_words_stay_words_in_the_svg() -> None:
    text = svg_of(lombok(words=HOSTILE))
    root = ET.fromstring(text)
    allowed = {"svg", "title", "defs", "marker", "path", "rect", "text", "g", "polygon"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
    names = {name for element in root.iter() for name in element.attrib}
    assert not [name for name in names if name.startswith("on") or "href" in name or name == "style"]
    assert "\u202e" not in text
    assert "alert(1)" in "".join(root.itertext())


@pytest.mark.parametrize("draw", [svg_of, mermaid_of], ids=["svg", "mermaid"])
def test_the_same_sop_gives_the_same_bytes(draw) -> None:
    assert draw(lombok()) == draw(lombok())
