"""How laik is spoken to: what can be typed now, and what was probably meant by a line that fits nothing."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from automation.core.act import Act, nearest
from automation.core.bench import Bench
from automation.core.case import StepState
from automation.core.codes import HOSTING_WORD, hosting_line, line_to_paste, typed
from automation.core.life import CASE_WORD, life_of, standstill
from automation.core.procedure import Way
from automation.core.text import Bilingual

WAYS: tuple[Way, ...] = ("completed", "detour", "refused")

FINISHED = Bilingual(
    "Kasus ini sudah selesai dan tidak dapat diputuskan lagi; ajukan permohonan baru.",
    "This case is finished and takes no more decisions; file a new request.",
)
HELP = Bilingual(
    "Tentang seluruh kasus: `@laik tarik kasus <alasan>`, `@laik tunda kasus <alasan>`, `@laik lanjut kasus`,"
    " `@laik buka kasus <alasan>`, `@laik duplikat <kasus lain> <alasan>`. Untuk dicatat saja:"
    " `@laik monev <catatan>`, `@laik undang <catatan>`, `@laik hadir <catatan>`.",
    "About the whole case: `@laik withdraw kasus <reason>`, `@laik suspend kasus <reason>`,"
    " `@laik resume kasus`, `@laik reopen kasus <reason>`, `@laik duplicate <other case> <reason>`. For the"
    " record only: `@laik monitor <note>`, `@laik invite <note>`, `@laik attend <note>`.",
)
CASE_LINES = {
    "tarik": f"@laik tarik {CASE_WORD} <alasan>",
    "tunda": f"@laik tunda {CASE_WORD} <alasan>",
    "buka": f"@laik buka {CASE_WORD} <alasan>",
    "duplikat": "@laik duplikat <kasus lain> <alasan>",
    "cabut": "@laik cabut <subdomain> <alasan>",
}


def usage(act: Act, bench: Bench) -> Bilingual:
    """What can be typed now."""
    if act.source == "merge_request" and bench.hosting is not None:
        line = hosting_line(bench.memory, bench.hosting)
        return Bilingual(f"Persetujuan di sini: `{line}`.", f"To approve here: `{line}`.")
    open_state = bench.state.open
    if bench.memory.finished or open_state is None:
        return FINISHED
    life = life_of(bench.memory)
    if not life.running:
        return standstill(life)
    return suspended(bench, open_state) if bench.state.suspended else _at_step(bench, open_state)


def helped(act: Act, bench: Bench) -> Bilingual:
    """The answer to ``bantuan``: what can be typed at the step, and about the whole case."""
    now = usage(act, bench)
    if act.source == "merge_request" or bench.memory.finished:
        return now
    return Bilingual(f"{now.id} {HELP.id}", f"{now.en} {HELP.en}")


def _at_step(bench: Bench, state: StepState) -> Bilingual:
    step = state.step
    lines = ", ".join(f"`{line}`" for line in _lines(bench, state))
    if lines:
        return Bilingual(f"Langkah yang terbuka: {lines}.", f"The open step: {lines}.")
    at = f"{step.number} ({step.key})"
    if step.act is None:
        return Bilingual(
            f"Langkah yang terbuka: {at}. Langkah ini selesai sendiri begitu buktinya lengkap; yang kurang"
            " ada pada kartu.",
            f"The open step: {at}. It closes by itself once its evidence is there; the card says what lacks.",
        )
    return Bilingual(
        f"Langkah yang terbuka: {at}. Belum dapat diputuskan; yang kurang ada pada kartu, dan sesudah itu"
        " barisnya tampil di sana.",
        f"The open step: {at}. It cannot be decided yet; the card says what lacks, and then shows the line.",
    )


def _lines(bench: Bench, state: StepState) -> Iterator[str]:
    """The lines that lead on now, and back where something can be decided on."""
    if state.step.act is None or not state.evidence_holds or state.given:
        return
    for way in WAYS:
        line = line_to_paste(bench.memory, state.step, state.digest, way)
        if line and (way == "refused" or state.open_way(way)):
            yield line


def suspended(bench: Bench, state: StepState) -> Bilingual:
    """A case that stands still takes nothing but being taken up again."""
    number, branch = state.step.number, state.step.way("resumed")
    if branch is None or not branch.moves:
        return Bilingual(
            f"Kasus ini ditangguhkan pada langkah {number}. Ia berjalan lagi begitu yang dinilai langkah"
            " sebelumnya diperbaiki; melanjutkannya dengan perintah adalah bacaan laik yang belum"
            " dikonfirmasi daerah pada kebijakan ('penegakan').",
            f"This case is suspended at step {number}. It goes on once what the step before judged is mended;"
            " to take it up again by a command is laik's reading, which the region has not confirmed in its"
            " policy ('penegakan').",
        )
    line = line_to_paste(bench.memory, state.step, state.digest, "resumed")
    return Bilingual(
        f"Kasus ini ditangguhkan pada langkah {number}. Lanjutkan dengan `{line}`.",
        f"This case is suspended at step {number}. Take it up again with `{line}`.",
    )


def unknown_verb(act: Act, bench: Bench) -> Bilingual:
    """Usage, with the verb that was probably meant."""
    guess = nearest(act.command.verb)
    hint = (f" Maksud Anda `{typed(guess)}`?", f" Did you mean `{typed(guess)}`?") if guess else ("", "")
    told = usage(act, bench)
    return Bilingual(f"Perintah tidak dikenal.{hint[0]} {told.id}", f"Unknown command.{hint[1]} {told.en}")


def no_such_step(act: Act, bench: Bench) -> Bilingual:
    """A known verb about nothing that it goes with: what was probably meant, else all that this SOP knows."""
    verb, about = act.command.verb, act.command.about
    if about == HOSTING_WORD:
        return Bilingual(
            "Permintaan hosting diputuskan pada merge request-nya di proyek hosting, bukan di sini.",
            "A hosting request is decided on its merge request in the hosting project, not here.",
        )
    if verb in CASE_LINES:
        line = CASE_LINES[verb]
        return Bilingual(f"Tulis seperti ini: `{line}`", f"Write it like this: `{line}`")
    known = [
        (one, step.act.about)
        for step in bench.procedure.steps
        if step.act
        for one in step.act.ways().values()
    ]
    meant = get_close_matches(about[:60], [word for one, word in known if one == verb], n=1, cutoff=0.6)
    hint = f"`@laik {typed(verb)} {meant[0]}`" if meant else ""
    told = usage(act, bench)
    lines = ", ".join(f"`@laik {typed(one)} {word}`" for one, word in known)
    return Bilingual(
        f"SOP ini tidak mengenal perintah itu.{f' Maksud Anda {hint}?' if hint else ''} {told.id}"
        f" Semua perintah SOP ini: {lines}.",
        f"This SOP does not know that command.{f' Did you mean {hint}?' if hint else ''} {told.en}"
        f" All commands of this SOP: {lines}.",
    )
