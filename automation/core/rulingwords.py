"""What laik answers to an act that does not count, or counts in another way than its giver may think."""

from __future__ import annotations

from collections.abc import Iterable

from automation.core.act import Act
from automation.core.bench import Bench, Ruled
from automation.core.case import StepState
from automation.core.codes import line_to_take_back
from automation.core.finding import Finding
from automation.core.procedure import Branch, Procedure
from automation.core.text import Bilingual
from automation.core.usage import FINISHED, suspended


def void(act: Act, step: str, reply: Bilingual) -> Ruled:
    """An act that does not count, and why."""
    return Ruled(act, "void", step, "", {}, reply)


EDITED = Bilingual(
    "Komentar ini sudah disunting sebelum dibaca, jadi tidak dihitung. Tulis komentar baru.",
    "This comment was edited before it was read, so it does not count. Write a new one.",
)


def not_yet(bench: Bench) -> Bilingual:
    """Only the open step can be acted on."""
    open_state = bench.state.open
    if open_state is None:
        return FINISHED
    if bench.state.suspended:
        return suspended(bench, open_state)
    number, step = open_state.step.number, open_state.step
    return Bilingual(
        f"Bukan gilirannya: kasus berada pada langkah {number} ({step.key})."
        " Yang diperlukan sekarang ada pada kartu.",
        f"Not its turn: the case is at step {number} ({step.key}). The card says what is needed now.",
    )


def evidence_missing(state: StepState, more: Iterable[Finding], bench: Bench) -> Bilingual:
    """Nothing is approved before its evidence holds; ``more`` must hold for the way that was asked for."""
    if state.held is not None:
        line = line_to_take_back(bench.procedure, bench.memory, state.held)
        return Bilingual(
            "Langkah ini sedang dikembalikan; isinya harus diperbaiki dahulu,"
            f" atau yang mengembalikannya menarik keputusannya dengan `{line}`.",
            "This step was sent back; its content must change first,"
            f" or the one who sent it back takes that back with `{line}`.",
        )
    failing = sorted({one.check for one in (*state.findings, *more) if not one.holds})
    named = ", ".join(failing)
    return Bilingual(
        f"Belum dapat diterima, pemeriksaan ini belum terpenuhi: {named}."
        " Perbaikannya ada pada kartu; sesudah itu kode barunya tampil di sana.",
        f"Cannot be accepted yet, these checks do not hold: {named}."
        " The card says how to mend them, and shows the new code then.",
    )


def needs_reason(line: str) -> Bilingual:
    """The line to paste says where the reason goes."""
    return Bilingual(f"Sertakan alasannya. Tempelkan: `{line}`", f"Give the reason. Paste: `{line}`")


def another_person(procedure: Procedure, missing: Iterable[str]) -> Bilingual:
    """One person counts once, whatever roles they hold; ``missing`` as in ``authority.missing_voices``."""
    labels = {role.id: role for role in procedure.roles}
    wanted = [labels[one] for one in missing if one in labels]
    named = (", ".join(role.label for role in wanted), ", ".join(role.en for role in wanted))
    still = (f": {named[0]}", f": {named[1]}") if wanted else ("", "")
    return Bilingual(
        "Anda sudah menyetujui isi ini; satu orang dihitung sekali, apa pun perannya."
        f" Masih diperlukan orang lain{still[0]}.",
        "You have approved this content already; one person counts once, whatever roles they hold."
        f" Somebody else is still needed{still[1]}.",
    )


def only_a_reading(branch: Branch) -> Bilingual:
    """A way that the source does not state moves nothing until the region makes it its rule."""
    return Bilingual(
        f"Dicatat. Langkah ini belum selesai, tetapi kasus tidak berpindah: '{branch.when}' adalah bacaan"
        " laik yang belum dikonfirmasi daerah pada kebijakan ('penegakan').",
        f"Recorded. This step is not done, but the case does not move: '{branch.when}' is laik's reading,"
        " which the region has not confirmed in its policy ('penegakan').",
    )


DELEGATION = Bilingual(
    "Pelimpahan wewenang (Plt., Plh., Pj., a.n.) dicatat Diskominfo pada kebijakan ('pejabat'), dengan dasar"
    " dan masa berlakunya; perintah ini tidak mengubahnya.",
    "Acting officials (Plt., Plh., Pj., a.n.) are entered by the ICT agency in the policy ('pejabat'), with"
    " their order and its term; this command does not change that.",
)
NOTED = Bilingual("Dicatat. Catatan tidak memutuskan apa pun.", "Recorded. A note decides nothing.")
REFUSED_LATE = Bilingual(
    "Dicatat: isi yang Anda kembalikan sudah berubah, atau langkahnya belum tiba gilirannya. Bila isi itu"
    " kembali, ia tetap tertahan sampai Anda menariknya. Isi yang baru dinilai tersendiri; lihat kartu.",
    "Recorded: what you sent back has changed, or its step is not to be decided now. Should it come back, it"
    " is held until you take that back. What is new is judged on its own; see the card.",
)
