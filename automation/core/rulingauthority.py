"""Who may act, and what the code of an act binds to: asked of every act that decides something."""

from __future__ import annotations

from automation.core.act import Act
from automation.core.authority import may_build_and_act
from automation.core.bench import Bench
from automation.core.codes import CODE_LENGTH
from automation.core.memory import Memory, Shown
from automation.core.remembered import CAPACITIES
from automation.core.text import Bilingual, indonesian_date


def not_allowed(act: Act, by: tuple[str, ...], bench: Bench) -> Bilingual | None:
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
    if not bench.holds(account, by):
        if (lapsed := _out_of_term(account, by, bench)) is not None:
            return lapsed
        return Bilingual(
            f"Hanya pemegang peran {named} yang dapat melakukan ini."
            " Bila Anda memegangnya, minta Diskominfo mencatat akun Anda pada kebijakan.",
            f"Only a holder of the role {named} can do this."
            " If you hold it, ask the ICT agency to name your account in the policy.",
        )
    if bench.builds(account) and not may_build_and_act(bench.procedure, by):
        return Bilingual(
            f"Pengembang aplikasi ini tidak boleh menilai pekerjaannya sendiri; mintalah {named} lain.",
            f"The builder of this application may not judge his own work; ask another {named}.",
        )
    return None


def _out_of_term(account: str, by: tuple[str, ...], bench: Bench) -> Bilingual | None:
    """What an acting official hears who acts before the assignment begins, or after its last day."""
    labels = {role.id: role for role in bench.procedure.roles}
    named = [one for one in bench.acting if one.account.casefold() == account and one.role in by]
    if not named:
        return None
    term = max(named, key=lambda one: one.until)
    role, capacity = labels[term.role], CAPACITIES[term.capacity]
    since, until = indonesian_date(term.since), indonesian_date(term.until)
    return Bilingual(
        f"Penunjukan Anda sebagai {capacity} {role.label} berlaku {since} sampai {until}, dan tindakan ini di"
        " luar masa itu. Minta Diskominfo mencatat penunjukan yang baru pada kebijakan ('pejabat').",
        f"You are {capacity} {role.en} from {term.since.isoformat()} to {term.until.isoformat()}, and this"
        " was done outside of that. Ask the ICT agency to enter a new assignment in the policy ('pejabat').",
    )


def bind(act: Act, step: str, current: str, paste: str, memory: Memory) -> Shown | Bilingual:
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
