"""Rulings on waivers: ``@laik kecualikan <about> <code> <check> sampai <YYYY-MM-DD> <reason>``."""

from __future__ import annotations

from datetime import timedelta

from automation.core.act import Act
from automation.core.authority import highest
from automation.core.bench import Bench, Ruled
from automation.core.case import StepState
from automation.core.codes import waiver_line
from automation.core.memory import Waiver
from automation.core.rulingauthority import bind, not_allowed
from automation.core.rulingwords import not_yet, void
from automation.core.text import Bilingual
from automation.core.waiver import MAX_DAYS, NEVER, Asked, covers, read

VERB = "kecualikan"


def rule_waiver(act: Act, bench: Bench) -> Ruled:
    """Rule on a waiver: given by the highest office of the SOP, for a check that fails at the open step."""
    state = bench.state.open
    if state is None or act.command.about not in {state.step.key, state.step.act and state.step.act.about}:
        return void(act, "", not_yet(bench))
    if problem := not_allowed(act, highest(bench.procedure), bench):
        return void(act, state.step.key, problem)
    line = waiver_line(bench.memory, state.step, state.digest)
    asked = read(act.command.reason)
    if asked is None:
        said = Bilingual(f"Tulis seperti ini: `{line}`", f"Write it like this: `{line}`")
        return void(act, state.step.key, said)
    bound = bind(act, state.step.key, state.digest, line, bench.memory)
    if isinstance(bound, Bilingual):
        return void(act, state.step.key, bound)
    if problem := _not_waivable(asked, state, bench):
        return void(act, state.step.key, problem)
    waiver = Waiver(asked.check, asked.until, covers(asked, state.findings))
    ruled = Ruled(act, "waived", state.step.key, state.digest, bound.subjects, _told(asked), waiver=waiver)
    return bench.given_by(ruled, state.step)


def _not_waivable(asked: Asked, state: StepState, bench: Bench) -> Bilingual | None:
    if asked.check in NEVER:
        return Bilingual(
            f"`{asked.check}` termasuk lantai mutu organisasi dan tidak dapat dikecualikan.",
            f"`{asked.check}` belongs to the organisation's floor and cannot be waived.",
        )
    last = bench.today + timedelta(days=MAX_DAYS)
    if not bench.today <= asked.until <= last:
        return Bilingual(
            f"Tanggal akhir pengecualian harus antara hari ini dan {last.isoformat()}.",
            f"A waiver must end between today and {last.isoformat()}.",
        )
    if any(one.check == asked.check for found in state.ways.values() for one in found):
        return Bilingual(
            f"`{asked.check}` menentukan cabang langkah ini dan tidak dapat dikecualikan; putuskan lewat"
            " cabang yang terbuka pada kartu.",
            f"`{asked.check}` decides which way leads out of this step and cannot be waived; decide by a way"
            " that the card shows open.",
        )
    if not covers(asked, state.findings):
        failing = ", ".join(sorted({one.check for one in state.findings if not one.holds})) or "-"
        return Bilingual(
            f"Tidak ada temuan `{asked.check}` yang dapat dikecualikan di sini."
            f" Yang belum terpenuhi: {failing}.",
            f"There is nothing of `{asked.check}` to waive here. What does not hold: {failing}.",
        )
    return None


def _told(asked: Asked) -> Bilingual:
    until = asked.until.isoformat()
    return Bilingual(
        f"`{asked.check}` dikecualikan sampai {until}. Sesudah itu langkah ini terbuka kembali bila belum"
        " terpenuhi. Kode baru tampil pada kartu.",
        f"`{asked.check}` is waived until {until}. After that this step opens again if it does not hold."
        " The card shows a new code.",
    )
