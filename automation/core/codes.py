"""Codes and the lines people paste: how an approval is bound to what a card showed.

A code is the beginning of a digest. It binds only while it was never shown for two digests of one step.
"""

from __future__ import annotations

from automation.core.gate import HostingVerdict
from automation.core.memory import Memory, RuledAct
from automation.core.procedure import Procedure, Step

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


def line_to_paste(memory: Memory, step: Step, digest: str, *, refuse: bool = False) -> str:
    """The comment that binds, ready to paste."""
    if step.act is None:
        return ""
    code = code_for(memory, step.key, digest)
    if refuse:
        return f"@laik {typed(step.act.refuse or '')} {step.act.about} {code} <alasan>"
    return f"@laik {typed(step.act.verb)} {step.act.about} {code}"


def hosting_line(memory: Memory, verdict: HostingVerdict) -> str:
    """The comment that approves a hosting merge request, ready to paste."""
    code = code_for(memory, verdict.facts.step_key, verdict.digest)
    return f"@laik {APPROVE} {HOSTING_WORD} {code}"


def line_to_take_back(procedure: Procedure, memory: Memory, refusal: RuledAct) -> str:
    """The comment by which the one who refused takes it back; empty when its step is gone."""
    step = next((one for one in procedure.steps if one.key == refusal.step), None)
    return line_to_paste(memory, step, refusal.digest) if step else ""
