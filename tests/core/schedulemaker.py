"""Schedules from bytes: what people do next in a case, mostly what they should, and often something else.

Bytes, because they are cheap to make by the ten thousand and shrink well: every deed is made of three: which,
with what, and how laik is disturbed after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from automation.core.act import Command
from automation.core.authority import deciders, highest
from automation.core.procedure import Step, Way
from tests.core.cases import BROKEN, FLAWED, UNKNOWN
from tests.core.schedules import (
    BOTH,
    BUILDER,
    STRANGER,
    Ambang,
    Appoint,
    Ask,
    Deed,
    Edit,
    Name,
    Push,
    Say,
    Stage,
    Wait,
    head_who_reviews,
)

Maker = Callable[[Stage, int], Deed | None]
Makers = tuple[tuple[int, Maker], ...]
"""Each with its weight out of 256."""
REASON = "kurang lengkap"


def open_step(stage: Stage) -> Step | None:
    """The step that the newest card of the case speaks of, as a person sees it."""
    shown = next((key for key, _, _ in reversed(stage.cards) if not key.startswith("hosting!")), None)
    return stage.sop.procedure.step(shown) if shown else None


def _says(stage: Stage, step: Step, way: Way, who: str, code: str) -> Say | None:
    verb = step.act.ways().get(way) if step.act else None
    if step.act is None or verb is None:
        return None
    return Say(who, Command(verb, step.act.about, code, REASON, 1))


def _code(stage: Stage, step: Step, back: int = 0) -> str:
    """The code that the card shows for a step; ``back``: one that it showed earlier."""
    codes = [code for key, _, code in stage.cards if key == step.key]
    return codes[-1 - back % len(codes)] if codes else ""


def _holder(stage: Stage, step: Step, arg: int) -> str:
    """One who may: of the roles of the step in turn, so that agreements come about."""
    by = deciders(step)
    people = [name for role in by for name in (f"{role}-1", f"{role}-2")] or [STRANGER]
    people = [one for one in people if one in stage.sop.ids] or [BUILDER]
    acting = [one.account for one in stage.acting if one.role in by]
    return acting[-1] if acting and arg % 2 else people[arg % len(people)]


def _at_card(way: Way) -> Maker:
    def make(stage: Stage, arg: int) -> Deed | None:
        step = open_step(stage)
        return step and _says(stage, step, way, _holder(stage, step, arg), _code(stage, step))

    return make


def _decide_wrongly(stage: Stage, arg: int) -> Deed | None:
    """By the wrong person, with an old code, or at another step."""
    step, people = open_step(stage), stage.sop.people
    if step is None:
        return None
    way: Way = ("completed", "refused", "detour", "resumed")[arg // 4 % 4]
    if arg % 4 == 0:
        return _says(stage, step, way, people[arg // 16 % len(people)], _code(stage, step))
    if arg % 4 == 1:
        return _says(stage, step, way, _holder(stage, step, arg // 16), _code(stage, step, arg // 16))
    others = [one for one in stage.sop.procedure.steps if one.act]
    other = others[arg // 16 % len(others)]
    code = _code(stage, step) if arg % 4 == 2 else _code(stage, other)
    return _says(stage, other, way, _holder(stage, other, arg // 16), code or "abcd")


def _takes_back(stage: Stage, arg: int) -> Deed | None:
    refused = [
        act for act in stage.memory.acts if act.ruling == "refused" and not act.step.startswith("host")
    ]
    if not refused:
        return None
    act = refused[arg % len(refused)]
    who = next(name for name, number in stage.sop.ids.items() if number == act.account)
    return _says(stage, stage.sop.procedure.step(act.step), "completed", who, act.digest[:12])


def _pushes(stage: Stage, arg: int) -> Deed | None:
    """A new version, an old one, a flawed one, none, or what cannot be read; mostly of the open step."""
    step, documents = open_step(stage), stage.sop.documents
    own = step.judging.subjects if step and arg % 4 else documents
    name = own[arg // 4 % len(own)]
    what = arg // 16 % 8
    newest = f"v{stage.spoken}.{arg}"
    texts = (newest, newest, "v0", FLAWED, None, f"tidak {arg % 2}", UNKNOWN, "v0")
    return Push(name, BROKEN if arg == 255 else texts[what])


def _pushes_good(stage: Stage, arg: int) -> Deed | None:
    step, documents = open_step(stage), stage.sop.documents
    own = step.judging.subjects if step and arg % 2 else documents
    return Push(own[arg // 2 % len(own)], f"v{stage.spoken}.{len(stage.entries)}.{arg}")


def _edits(stage: Stage, arg: int) -> Deed | None:
    numbers = sorted(stage.comments)
    return Edit(numbers[-1 - arg // 2 % min(4, len(numbers))], gone=bool(arg % 2)) if numbers else None


def _names(stage: Stage, arg: int) -> Deed | None:
    """Roles go and come; sometimes a builder is given one."""
    step, roles = open_step(stage), stage.sop.procedure.roles
    by = step.act.by if step and step.act and arg % 4 else tuple(role.id for role in roles)
    role = by[arg // 4 % len(by)]
    who = (f"{role}-1", f"{role}-2", STRANGER, BUILDER, BOTH)[arg // 8 % 5]
    return Name(role, who, arg // 64 < 2) if who in stage.sop.ids else None


def _appoints(stage: Stage, arg: int) -> Deed | None:
    """An acting official: today, for some days, in the past or ahead; or the order is withdrawn."""
    step, roles = open_step(stage), [role.id for role in stage.sop.procedure.roles if not role.builds]
    by = step.act.by if step and step.act and arg % 4 else roles
    role = by[arg // 4 % len(by)]
    who = (STRANGER, BUILDER, f"{roles[arg // 8 % len(roles)]}-1")[arg // 16 % 3]
    first, days = ((0, 3), (0, 30), (0, 1), (0, 5), (-2, 2), (1, 2), (0, 30), (0, 0))[arg // 32]
    return Appoint(role, who, first, days) if who in stage.sop.ids else None


def _waives(stage: Stage, arg: int) -> Deed | None:
    step = open_step(stage)
    if step is None or not step.judging.checks:
        return None
    heads = highest(stage.sop.procedure)
    who = f"{heads[0]}-1" if heads and arg % 4 else STRANGER
    until = (stage.now + timedelta(days=1 + arg // 4 % 20)).date().isoformat()
    checks = step.judging.checks
    words = f"{checks[arg // 8 % len(checks)]} sampai {until} menunggu surat"
    about = step.act.about if step.act else step.key
    return Say(who, Command("kecualikan", about, _code(stage, step), words, 1))


def _asks(stage: Stage, arg: int) -> Deed | None:
    """The hosting request is opened, given another head or file, sent elsewhere, or closed."""
    if stage.sop.procedure.hosting is None:
        return None
    now = stage.request
    if now is None:
        return Ask("e" * 40, "b" * 40)
    what = arg % 8
    if what == 0:
        return Ask(None)
    if what == 1:
        return replace(now, target="lain" if now.target == "main" else "main")
    head = f"{arg // 8 % 3:x}" * 40
    return Ask(head, "b" * 40 if what < 5 else f"{arg // 8 % 2}" * 40)


def _in_request(stage: Stage, arg: int) -> Deed | None:
    rule = stage.sop.procedure.hosting
    if rule is None:
        return None
    codes = [code for key, _, code in stage.cards if key.startswith("hosting!")]
    code = codes[-1 - (arg // 4 % len(codes) if arg % 4 == 0 else 0)] if codes else "abcd"
    head = head_who_reviews(stage.sop.procedure) or STRANGER
    people = [f"{rule.approved_by[0]}-1", f"{rule.approved_by[0]}-2", BOTH, head]
    verb = "tolak" if arg % 8 == 7 else "setuju"
    return Say(people[arg // 16 % 4 if arg > 128 else 0], Command(verb, "hosting", code, REASON, 1), True)


MAKERS: Makers = (
    (54, _at_card("completed")),
    (18, _at_card("refused")),
    (16, _at_card("detour")),
    (10, _at_card("resumed")),
    (22, _decide_wrongly),
    (10, _takes_back),
    (30, _pushes),
    (8, _edits),
    (10, _names),
    (12, _appoints),
    (8, _waives),
    (3, lambda stage, arg: Ambang(arg % 2)),
    (3, lambda stage, arg: Wait(1 + arg % 40)),
    (24, _asks),
    (28, _in_request),
)
HOSTING: Makers = (
    (72, _asks),
    (90, _in_request),
    (20, _pushes),
    (10, _pushes_good),
    (14, _edits),
    (14, _names),
    (4, _appoints),
    (4, lambda stage, arg: Wait(1 + arg % 4)),
    (12, _at_card("completed")),
    (4, _at_card("refused")),
    (12, _decide_wrongly),
)
CALM: Makers = (
    (120, _at_card("completed")),
    (30, _at_card("refused")),
    (24, _at_card("detour")),
    (10, _decide_wrongly),
    (72, _pushes_good),
)
"""Without what comes back: every push is a new good version, and nobody's role changes."""


def next_deed(stage: Stage, kind: int, arg: int, makers: Makers = MAKERS) -> Deed | None:
    """What the two bytes say to do as things stand; None when it cannot be done now."""
    for weight, maker in makers:
        if kind < weight:
            return maker(stage, arg)
        kind -= weight
    return None


def deeds_of(schedule: bytes) -> Iterator[tuple[int, int, int]]:
    """Three bytes a deed: which, with what, and the disturbance after it."""
    return zip(schedule[::3], schedule[1::3], schedule[2::3], strict=False)
