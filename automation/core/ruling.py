"""Rulings: what one act amounts to. Each act is ruled on exactly once, and the ruling is remembered.

Ruled once, because authority is that of the moment: an act refused today must not come to life when its
author gets a role tomorrow, or when the content happens to return. So the result of late, repeated or
reordered events is equal or less approved, never more (architecture, decision 9).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from automation.core.act import Act, nearest
from automation.core.case import CaseState, StepState
from automation.core.gate import HostingVerdict
from automation.core.memory import Memory, RuledAct, Ruling, Shown
from automation.core.procedure import Procedure, Step
from automation.core.text import Bilingual

CODE_LENGTH = 4
QUESTIONS = frozenset({"status", "bantuan"})
HOSTING_WORD = "hosting"
APPROVE, REJECT = "setuju", "tolak"


@dataclass(frozen=True, slots=True)
class Ruled:
    """A ruling and what laik answers; ``reply`` is None when the card says it all."""

    act: Act
    ruling: Ruling
    step: str
    digest: str
    subjects: Mapping[str, str]
    reply: Bilingual | None

    def remembered(self) -> RuledAct:
        """As the memory keeps it."""
        return RuledAct(
            act=self.act.id,
            step=self.step,
            ruling=self.ruling,
            digest=self.digest,
            subjects=self.subjects,
            account=self.act.account_id,
            body=self.act.body_digest,
            seq=0,
        )


@dataclass(frozen=True, slots=True)
class Bench:
    """What a ruling is made on.

    ``roles`` are accounts (casefolded) by role, as they hold them now.
    """

    procedure: Procedure
    state: CaseState
    hosting: HostingVerdict | None
    memory: Memory
    roles: Mapping[str, frozenset[str]]


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


def rule(act: Act, bench: Bench) -> Ruled:
    """Rule on one act; never raises for what people write."""
    command = act.command
    if act.edited:
        return _void(
            act,
            "",
            Bilingual(
                "Komentar ini sudah disunting sebelum dibaca, jadi tidak dihitung. Tulis komentar baru.",
                "This comment was edited before it was read, so it does not count. Write a new one.",
            ),
        )
    if command.verb in QUESTIONS:
        return Ruled(act, "told", "", "", {}, _usage(bench))
    if not command.known:
        return _void(act, "", _unknown_verb(command.verb, bench))
    if act.source == "merge_request":
        return _rule_hosting(act, bench)
    return _rule_step(act, bench)


def _rule_step(act: Act, bench: Bench) -> Ruled:
    command = act.command
    step = _step_for(act, bench.procedure)
    if step is None or step.act is None:
        return _void(act, "", _no_such_step(bench))
    refuse = command.verb == step.act.refuse
    state = bench.state.state(step.key)
    if not refuse and (taken_back := _taken_back(act, step, bench)):
        return taken_back
    problem = _not_allowed(act, step.act.by, bench) or _not_its_turn(step, state, bench)
    if problem or state is None:
        return _void(act, step.key, problem or _not_yet(bench))
    if refuse and command.lacks_reason:
        return _void(
            act, step.key, _needs_reason(line_to_paste(bench.memory, step, state.digest, refuse=True))
        )
    paste = line_to_paste(bench.memory, step, state.digest, refuse=refuse)
    bound = _bind(act, step.key, state.digest, paste, bench.memory)
    if isinstance(bound, Bilingual):
        return _void(act, step.key, bound)
    if not refuse and not _holds_for(state, act):
        return _void(act, step.key, _evidence_missing(state))
    return Ruled(act, "refused" if refuse else "approved", step.key, bound.digest, bound.subjects, None)


def _taken_back(act: Act, step: Step, bench: Bench) -> Ruled | None:
    """A refusal taken back by its giver: he approves the very digest that he refused.

    This is the only act allowed on a step behind the open one; it completes nothing by itself, since a
    step is complete only when its evidence holds for that digest.
    """
    held = bench.state.open.held if bench.state.open else None
    if held is None or held.step != step.key or held.account != act.account_id:
        return None
    code = act.command.code
    if len(code) < CODE_LENGTH or [one.digest for one in bench.memory.digests_shown(step.key, code)] != [
        held.digest
    ]:
        return None
    return Ruled(act, "approved", step.key, held.digest, held.subjects, None)


def _rule_hosting(act: Act, bench: Bench) -> Ruled:
    verdict = bench.hosting
    if verdict is None or bench.procedure.hosting is None:
        return _void(
            act, "", Bilingual("Tidak ada permintaan hosting terbuka.", "No hosting request is open.")
        )
    key = verdict.facts.step_key
    if act.command.about != HOSTING_WORD or act.command.verb not in {APPROVE, REJECT}:
        line = hosting_line(bench.memory, verdict)
        return _void(act, key, Bilingual(f"Di sini hanya: `{line}`", f"Here only: `{line}`"))
    problem = _not_allowed(act, bench.procedure.hosting.approved_by, bench) or _is_barred(act, verdict)
    if problem:
        return _void(act, key, problem)
    refuse = act.command.verb == REJECT
    line = hosting_line(bench.memory, verdict)
    if refuse:
        line = line.replace(APPROVE, REJECT) + " <alasan>"
    if refuse and act.command.lacks_reason:
        return _void(act, key, _needs_reason(line))
    bound = _bind(act, key, verdict.digest, line, bench.memory)
    if isinstance(bound, Bilingual):
        return _void(act, key, bound)
    if not refuse and not verdict.approvable:
        return _void(
            act,
            key,
            Bilingual(
                "Belum dapat disetujui: lihat kartu, masih ada syarat SOP yang belum terpenuhi.",
                "Cannot be approved yet: see the card, the SOP is not satisfied.",
            ),
        )
    return Ruled(act, "refused" if refuse else "approved", key, bound.digest, bound.subjects, None)


def _step_for(act: Act, procedure: Procedure) -> Step | None:
    """The step whose word and verb these are; several steps may share a word (kak), never with one verb."""
    for step in procedure.steps:
        if (
            step.act
            and step.act.about == act.command.about
            and act.command.verb in (step.act.verb, step.act.refuse)
        ):
            return step
    return None


def _not_allowed(act: Act, by: tuple[str, ...], bench: Bench) -> Bilingual | None:
    """Deny by default: only a holder of the role, never the builder of the very application."""
    account = act.account.casefold()
    named = ", ".join(by)
    if not any(account in bench.roles.get(role, frozenset()) for role in by):
        return Bilingual(
            f"Hanya pemegang peran {named} yang dapat melakukan ini.",
            f"Only a holder of the role {named} can do this.",
        )
    if "pengembang" not in by and account in bench.roles.get("pengembang", frozenset()):
        return Bilingual(
            "Pengembang aplikasi ini tidak boleh menilai pekerjaannya sendiri.",
            "The builder of this application may not judge his own work.",
        )
    return None


def _is_barred(act: Act, verdict: HostingVerdict) -> Bilingual | None:
    if act.account_id not in verdict.facts.barred:
        return None
    return Bilingual(
        "Pembuat permintaan ini, dan siapa pun yang mendorong commit ke dalamnya, tidak boleh menyetujuinya.",
        "The author of this request, and anyone who pushed to it, may not approve it.",
    )


def _not_its_turn(step: Step, state: StepState | None, bench: Bench) -> Bilingual | None:
    """Only the open step can be acted on, or the step whose refusal sent the case back to the open one."""
    open_state = bench.state.open
    if open_state is None or bench.memory.finished:
        return Bilingual("Kasus ini sudah selesai.", "This case is finished.")
    if open_state.step.key == step.key and state is not None:
        return None
    return _not_yet(bench)


def _not_yet(bench: Bench) -> Bilingual:
    open_state = bench.state.open
    if open_state is None:
        return Bilingual("Kasus ini sudah selesai.", "This case is finished.")
    number, step = open_state.step.number, open_state.step
    return Bilingual(
        f"Belum gilirannya: kasus berada pada langkah {number} ({step.key}).",
        f"Not its turn: the case is at step {number} ({step.key}).",
    )


def _bind(act: Act, step: str, current: str, paste: str, memory: Memory) -> Shown | Bilingual:
    """What the act's code binds to, or why it binds nothing; the answer holds the line to paste."""
    code = act.command.code
    if len(code) < CODE_LENGTH:
        return Bilingual(
            f"Sertakan kode yang tampil pada kartu, agar jelas apa yang Anda putuskan. Tempelkan: `{paste}`",
            f"Give the code shown on the card, so that it is clear what you decide on. Paste: `{paste}`",
        )
    shown = memory.digests_shown(step, code)
    if len(shown) > 1:
        return Bilingual(
            f"Kode `{code}` pernah tampil untuk dua isi yang berbeda. Tempelkan: `{paste}`",
            f"The code `{code}` was shown for two different contents. Paste: `{paste}`",
        )
    if not shown:
        return Bilingual(
            f"Kode `{code}` tidak pernah tampil untuk langkah ini. Tempelkan: `{paste}`",
            f"The code `{code}` was never shown for this step. Paste: `{paste}`",
        )
    if shown[0].digest != current:
        return Bilingual(
            f"Isinya sudah berubah sejak kode `{code}` tampil. Lihat kartu, lalu tempelkan: `{paste}`",
            f"The content changed since the code `{code}` was shown. See the card, then paste: `{paste}`",
        )
    return shown[0]


def _holds_for(state: StepState, act: Act) -> bool:
    """Whether the evidence holds, where a refusal by this very account does not count (he takes it back)."""
    if state.held is not None and state.held.account != act.account_id:
        return False
    return all(finding.holds for finding in state.findings)


def _evidence_missing(state: StepState) -> Bilingual:
    if state.held is not None:
        return Bilingual(
            "Langkah ini sedang dikembalikan; isinya harus diperbaiki dahulu.",
            "This step was sent back; its content must change first.",
        )
    failing = sorted({finding.check for finding in state.findings if not finding.holds})
    named = ", ".join(failing)
    return Bilingual(
        f"Belum dapat diterima, pemeriksaan ini belum terpenuhi: {named}.",
        f"Cannot be accepted yet, these checks do not hold: {named}.",
    )


def _needs_reason(line: str) -> Bilingual:
    return Bilingual(f"Sertakan alasannya. Tempelkan: `{line}`", f"Give the reason. Paste: `{line}`")


def _no_such_step(bench: Bench) -> Bilingual:
    lines = ", ".join(
        f"`@laik {typed(step.act.verb)} {step.act.about}`" for step in bench.procedure.steps if step.act
    )
    return Bilingual(
        f"SOP ini tidak mengenal perintah itu. Yang dikenal: {lines}.",
        f"This SOP does not know that command. It knows: {lines}.",
    )


def _unknown_verb(verb: str, bench: Bench) -> Bilingual:
    guess = nearest(verb)
    hint = (f" Maksud Anda `{typed(guess)}`?", f" Did you mean `{typed(guess)}`?") if guess else ("", "")
    usage = _usage(bench)
    return Bilingual(f"Perintah tidak dikenal.{hint[0]} {usage.id}", f"Unknown command.{hint[1]} {usage.en}")


def _usage(bench: Bench) -> Bilingual:
    open_state = bench.state.open
    if open_state is None or open_state.step.act is None:
        return Bilingual("Lihat kartu untuk keadaan kasus ini.", "See the card for where this case stands.")
    line = line_to_paste(bench.memory, open_state.step, open_state.digest)
    return Bilingual(f"Langkah yang terbuka: `{line}`", f"The open step: `{line}`")


def _void(act: Act, step: str, reply: Bilingual) -> Ruled:
    return Ruled(act, "void", step, "", {}, reply)
