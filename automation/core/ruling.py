"""Rulings: what one act amounts to. Each act is ruled on exactly once, and the ruling is remembered.

Ruled once, because authority is that of the moment: an act refused today must not come to life when its
author gets a role tomorrow, or when the content happens to return. So the result of late, repeated or
reordered events is equal or less approved, never more (architecture, decision 9).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from automation.core.act import Act, nearest
from automation.core.case import CaseState, StepState, standing_refusals
from automation.core.codes import (
    APPROVE,
    CODE_LENGTH,
    HOSTING_WORD,
    REJECT,
    code_for,
    hosting_line,
    line_to_paste,
    line_to_take_back,
    typed,
)
from automation.core.gate import HostingVerdict
from automation.core.memory import Memory, RuledAct, Ruling, Shown
from automation.core.procedure import Procedure, Step
from automation.core.text import Bilingual

__all__ = [
    "CODE_LENGTH",
    "Bench",
    "Ruled",
    "code_for",
    "hosting_line",
    "line_to_paste",
    "line_to_take_back",
    "rule",
    "typed",
]

QUESTIONS = frozenset({"status", "bantuan"})


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
        return Ruled(act, "told", "", "", {}, _usage(act, bench))
    if not command.known:
        return _void(act, "", _unknown_verb(act, bench))
    if act.source == "merge_request":  # also of a finished case: its name may be changed, renewed, removed
        return _rule_hosting(act, bench)
    if bench.memory.finished:
        return _void(act, "", _FINISHED)
    return _rule_step(act, bench)


def _rule_step(act: Act, bench: Bench) -> Ruled:
    command = act.command
    step = _step_for(act, bench.procedure)
    if step is None or step.act is None:
        return _void(act, "", _no_such_step(act, bench))
    refuse = command.verb == step.act.refuse
    if problem := _not_allowed(act, step.act.by, bench):
        return _void(act, step.key, problem)
    # Taking back needs the role as well: an approval comes of it, and a refusal outlives its giver's role.
    if not refuse and (taken_back := _taken_back(act, step, bench)):
        return taken_back
    state = bench.state.open
    if state is None or state.step.key != step.key:
        return _void(act, step.key, _not_yet(bench))
    if refuse and command.lacks_reason:
        return _void(
            act, step.key, _needs_reason(line_to_paste(bench.memory, step, state.digest, refuse=True))
        )
    paste = line_to_paste(bench.memory, step, state.digest, refuse=refuse)
    bound = _bind(act, step.key, state.digest, paste, bench.memory)
    if isinstance(bound, Bilingual):
        return _void(act, step.key, bound)
    if not refuse and not state.evidence_holds:
        return _void(act, step.key, _evidence_missing(state, bench))
    return Ruled(act, "refused" if refuse else "approved", step.key, bound.digest, bound.subjects, None)


def _taken_back(act: Act, step: Step, bench: Bench) -> Ruled | None:
    """A refusal taken back by its giver: he approves the very digest that he refused.

    This is the only act allowed on a step behind the open one; it completes nothing by itself, since a
    step is complete only when its evidence holds for that digest.
    """
    held, code = bench.state.open.held if bench.state.open else None, act.command.code
    if held is None or held.step != step.key or len(code) < CODE_LENGTH:
        return None
    shown = [one.digest for one in bench.memory.digests_shown(step.key, code)]
    for refusal in standing_refusals(bench.memory, step.key):
        # Two may have refused the same content: each takes back his own, in any order.
        own = refusal.account == act.account_id and dict(refusal.subjects) == dict(held.subjects)
        if own and shown == [refusal.digest]:
            return Ruled(act, "approved", step.key, refusal.digest, refusal.subjects, None)
    return None


def _rule_hosting(act: Act, bench: Bench) -> Ruled:
    verdict = bench.hosting
    if verdict is None or bench.procedure.hosting is None:
        return _void(
            act,
            "",
            Bilingual(
                "Tidak ada permintaan hosting terbuka; buka merge request di proyek hosting.",
                "No hosting request is open; open a merge request in the hosting project.",
            ),
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
    labels = {role.id: role.label for role in bench.procedure.roles}
    named = ", ".join(labels.get(role, role) for role in by)
    if "#" in account:
        return Bilingual(
            "Nama akun ini tercatat sebagai milik akun lain yang dahulu memakainya. Minta Diskominfo"
            " menghapus nama itu dari kebijakan, lalu mencatatnya kembali.",
            "This account's name is kept for another account that had it before. Ask the ICT agency to take"
            " the name out of the policy and to put it in again.",
        )
    if not any(account in bench.roles.get(role, frozenset()) for role in by):
        return Bilingual(
            f"Hanya pemegang peran {named} yang dapat melakukan ini."
            " Bila Anda memegangnya, minta Diskominfo mencatat akun Anda pada kebijakan.",
            f"Only a holder of the role {named} can do this."
            " If you hold it, ask the ICT agency to name your account in the policy.",
        )
    if "pengembang" not in by and account in bench.roles.get("pengembang", frozenset()):
        return Bilingual(
            f"Pengembang aplikasi ini tidak boleh menilai pekerjaannya sendiri; mintalah {named} lain.",
            f"The builder of this application may not judge his own work; ask another {named}.",
        )
    return None


def _is_barred(act: Act, verdict: HostingVerdict) -> Bilingual | None:
    if act.account_id not in verdict.facts.barred:
        return None
    return Bilingual(
        "Pembuat permintaan ini, dan siapa pun yang mendorong commit ke dalamnya, tidak boleh menyetujuinya;"
        " mintalah anggota Tim Teknis lain.",
        "The author of this request, and anyone who pushed to it, may not approve it; ask another member.",
    )


_FINISHED = Bilingual(
    "Kasus ini sudah selesai dan tidak dapat diputuskan lagi; ajukan permohonan baru.",
    "This case is finished and takes no more decisions; file a new request.",
)


def _not_yet(bench: Bench) -> Bilingual:
    """Only the open step can be acted on."""
    open_state = bench.state.open
    if open_state is None:
        return _FINISHED
    number, step = open_state.step.number, open_state.step
    return Bilingual(
        f"Bukan gilirannya: kasus berada pada langkah {number} ({step.key})."
        " Yang diperlukan sekarang ada pada kartu.",
        f"Not its turn: the case is at step {number} ({step.key}). The card says what is needed now.",
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


def _evidence_missing(state: StepState, bench: Bench) -> Bilingual:
    if state.held is not None:
        line = line_to_take_back(bench.procedure, bench.memory, state.held)
        return Bilingual(
            "Langkah ini sedang dikembalikan; isinya harus diperbaiki dahulu,"
            f" atau yang mengembalikannya menarik keputusannya dengan `{line}`.",
            "This step was sent back; its content must change first,"
            f" or the one who sent it back takes that back with `{line}`.",
        )
    failing = sorted({finding.check for finding in state.findings if not finding.holds})
    named = ", ".join(failing)
    return Bilingual(
        f"Belum dapat diterima, pemeriksaan ini belum terpenuhi: {named}."
        " Perbaikannya ada pada kartu; sesudah itu kode barunya tampil di sana.",
        f"Cannot be accepted yet, these checks do not hold: {named}."
        " The card says how to mend them, and shows the new code then.",
    )


def _needs_reason(line: str) -> Bilingual:
    return Bilingual(f"Sertakan alasannya. Tempelkan: `{line}`", f"Give the reason. Paste: `{line}`")


def _no_such_step(act: Act, bench: Bench) -> Bilingual:
    if act.command.about == HOSTING_WORD:
        return Bilingual(
            "Permintaan hosting diputuskan pada merge request-nya di proyek hosting, bukan di sini.",
            "A hosting request is decided on its merge request in the hosting project, not here.",
        )
    lines = ", ".join(
        f"`@laik {typed(step.act.verb)} {step.act.about}`" for step in bench.procedure.steps if step.act
    )
    return Bilingual(
        f"SOP ini tidak mengenal perintah itu. Yang dikenal: {lines}.",
        f"This SOP does not know that command. It knows: {lines}.",
    )


def _unknown_verb(act: Act, bench: Bench) -> Bilingual:
    guess = nearest(act.command.verb)
    hint = (f" Maksud Anda `{typed(guess)}`?", f" Did you mean `{typed(guess)}`?") if guess else ("", "")
    usage = _usage(act, bench)
    return Bilingual(f"Perintah tidak dikenal.{hint[0]} {usage.id}", f"Unknown command.{hint[1]} {usage.en}")


def _usage(act: Act, bench: Bench) -> Bilingual:
    if act.source == "merge_request" and bench.hosting is not None:
        line = hosting_line(bench.memory, bench.hosting)
        return Bilingual(f"Persetujuan di sini: `{line}`", f"To approve here: `{line}`")
    open_state = bench.state.open
    if open_state is None or open_state.step.act is None:
        return Bilingual("Lihat kartu untuk keadaan kasus ini.", "See the card for where this case stands.")
    line = line_to_paste(bench.memory, open_state.step, open_state.digest)
    return Bilingual(f"Langkah yang terbuka: `{line}`", f"The open step: `{line}`")


def _void(act: Act, step: str, reply: Bilingual) -> Ruled:
    return Ruled(act, "void", step, "", {}, reply)
