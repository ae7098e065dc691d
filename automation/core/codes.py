"""Codes and the lines people paste: how an approval is bound to what a card showed.

A code is the beginning of a digest. It binds only while it was never shown for two digests of one step.
"""

from __future__ import annotations

from automation.core.gate import HostingVerdict
from automation.core.memory import Memory, RuledAct
from automation.core.procedure import Procedure, Step, Way
from automation.core.verbs import VERBS

CODE_LENGTH = 4
HOSTING_WORD = "hosting"
APPROVE, REJECT = "setuju", "tolak"


def code_for(memory: Memory, step: str, digest: str) -> str:
    """The shortest code, of at least four digits, that was never shown for another digest of ``step``."""
    others = [one.digest for one in memory.shown if one.step == step and one.digest != digest]
    length = CODE_LENGTH
    while any(other.startswith(digest[:length]) for other in others):
        length += 1
    return digest[:length]


def typed(verb: str) -> str:
    """A verb as people type it: ``nyatakan_aman`` -> ``nyatakan-aman``."""
    return verb.replace("_", "-")


def line_to_paste(memory: Memory, step: Step, digest: str, way: Way = "completed") -> str:
    """The comment that takes a way out of a step, ready to paste; empty when the step has no such way."""
    verb = step.act.ways().get(way) if step.act else None
    if step.act is None or verb is None:
        return ""
    line = f"@laik {typed(verb)} {step.act.about} {code_for(memory, step.key, digest)}"
    return f"{line} <alasan>" if VERBS[verb].needs_reason else line


def waiver_line(memory: Memory, step: Step, digest: str) -> str:
    """The comment that waives a check at a step; what is in angle brackets is to be filled in."""
    about = step.act.about if step.act else step.key
    code = code_for(memory, step.key, digest)
    return f"@laik kecualikan {about} {code} <pemeriksaan> sampai <tahun-bulan-tanggal> <alasan>"


def hosting_line(memory: Memory, verdict: HostingVerdict) -> str:
    """The comment that approves a hosting merge request, ready to paste."""
    code = code_for(memory, verdict.facts.step_key, verdict.digest)
    return f"@laik {APPROVE} {HOSTING_WORD} {code}"


def line_to_take_back(procedure: Procedure, memory: Memory, refusal: RuledAct) -> str:
    """The comment by which the one who refused takes it back; empty when its step is gone."""
    step = next((one for one in procedure.steps if one.key == refusal.step), None)
    return line_to_paste(memory, step, refusal.digest) if step else ""
