"""Webhooks that the embedded forge sends, held against the vendors' examples."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.specgate import packages
from tests.specgate.exchange import Letter, Violation, shown
from tests.specgate.hookshapes import Shape, differences, shapes_of

SAMPLES = Path(__file__).parent / "gitlab" / "webhooks"
GITHUB_DOCUMENT = "https://docs.github.com/webhooks/webhook-events-and-payloads"
GITLAB_DOCUMENT = "https://docs.gitlab.com/user/project/integrations/webhook_events/"


@functools.cache
def gitlab_samples() -> Mapping[str, tuple[Any, ...]]:
    """The samples by the word of ``X-Gitlab-Event``."""
    found: dict[str, list[Any]] = {}
    for file in sorted(SAMPLES.glob("*.json")):
        sample = json.loads(file.read_text(encoding="utf-8"))
        found.setdefault(sample["event"], []).append(sample["payload"])
    return {event: tuple(payloads) for event, payloads in found.items()}


@functools.cache
def gitlab_shapes() -> Mapping[str, Shape]:
    return shapes_of(gitlab_samples())


def shape_for(forge: str, event: str) -> Shape | None:
    """The merged shape of all examples of an event; None where the vendor has no such event."""
    if forge == "gitlab":
        return gitlab_shapes().get(event)
    vendor = packages.vendor()
    if vendor is None or event not in vendor["shapes"]:
        return None
    return _github_shape(event)


@functools.cache
def _github_shape(event: str) -> Shape:
    """The event's own shape; inside its parts also what the same part shows in other events.

    A repository, an account, an issue is the same record in every event, and no event's few examples show
    all of it. The fields of the payload itself stay the event's own.
    """
    shapes: Mapping[str, Shape] = packages.vendor()["shapes"]
    own = shapes[event]
    parts = tuple(f"{pointer}/" for pointer in own if pointer.count("/") == 1)
    merged = {pointer: set(kinds) for pointer, kinds in own.items()}
    for shape in shapes.values():
        for pointer, kinds in shape.items():
            if pointer.startswith(parts):
                merged.setdefault(pointer, set()).update(kinds)
    return {pointer: sorted(kinds) for pointer, kinds in merged.items()}


def hold_letter(letter: Letter) -> Iterator[Violation]:
    """Every field that is sent has a type that the examples have."""
    document = GITLAB_DOCUMENT if letter.forge == "gitlab" else f"{GITHUB_DOCUMENT}#{letter.event}"
    if letter.forge == "github" and packages.vendor() is None:
        return
    shape = shape_for(letter.forge, letter.event)
    name = f"webhook {letter.forge} {letter.event}"
    if shape is None:
        yield Violation(name, "payload", "", "no example of such an event", "", document)
        return
    told: set[tuple[str, str]] = set()
    payload = json.loads(letter.body)
    kinds = {sample["object_kind"] for sample in gitlab_samples().get(letter.event, ())}
    if letter.forge == "gitlab" and payload.get("object_kind") not in kinds:
        yield Violation(name, "payload", "/object_kind", f"is none of {kinds}", "", document)
    for pointer, what, value in differences(payload, shape):
        if (pointer, what) not in told:
            told.add((pointer, what))
            yield Violation(name, "payload", pointer, what, shown(value, pointer), document)
