"""Rulings on a hosting merge request: approved or refused for exactly the request that the card showed."""

from __future__ import annotations

from automation.core.act import Act
from automation.core.authority import disposed_apart
from automation.core.bench import Bench, Ruled
from automation.core.codes import APPROVE, CODE_LENGTH, HOSTING_WORD, REJECT, hosting_line, line_to_paste
from automation.core.gate import HostingVerdict
from automation.core.rulingauthority import bind, not_allowed
from automation.core.rulingwords import needs_reason, void
from automation.core.text import Bilingual


def rule_hosting(act: Act, bench: Bench) -> Ruled:
    """Rule on one act in a hosting merge request."""
    ruled, rule = _ruled(act, bench), bench.procedure.hosting
    return ruled if rule is None or ruled.ruling == "void" else bench.given_as(ruled, rule.approved_by)


def _ruled(act: Act, bench: Bench) -> Ruled:
    verdict = bench.hosting
    if verdict is None or bench.procedure.hosting is None:
        return void(
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
        return void(act, key, Bilingual(f"Di sini hanya: `{line}`", f"Here only: `{line}`"))
    problem = not_allowed(act, bench.procedure.hosting.approved_by, bench) or _is_barred(act, verdict)
    if problem:
        return void(act, key, problem)
    refuse = act.command.verb == REJECT
    line = hosting_line(bench.memory, verdict)
    if refuse:
        line = line.replace(APPROVE, REJECT) + " <alasan>"
    if refuse and act.command.lacks_reason:
        return void(act, key, needs_reason(line))
    bound = bind(act, key, verdict.digest, line, bench.memory)
    shown = bench.memory.digests_shown(key, act.command.code) if len(act.command.code) >= CODE_LENGTH else ()
    if refuse and len(shown) == 1:
        # It binds the request file that its card showed, also when minutes or rules changed since: otherwise
        # a push right after a refusal undoes it, and somebody else approves the file that was refused.
        bound = shown[0]
    if isinstance(bound, Bilingual):
        return void(act, key, bound)
    if not refuse and not verdict.approvable:
        return void(
            act,
            key,
            Bilingual(
                "Belum dapat disetujui: lihat kartu, masih ada syarat SOP yang belum terpenuhi.",
                "Cannot be approved yet: see the card, the SOP is not satisfied.",
            ),
        )
    if refuse or act.account_id not in verdict.disposed_by:
        return Ruled(act, "refused" if refuse else "approved", key, bound.digest, bound.subjects, None)
    # One person holding both roles, or standing in for the head, would else put a name up alone.
    if verdict.refusal is not None and verdict.refusal.account == act.account_id:
        return Ruled(act, "noted", key, bound.digest, bound.subjects, TAKEN_BACK)
    return void(act, key, _disposed(bench))


TAKEN_BACK = Bilingual(
    "Penolakan Anda ditarik. Disposisi kasus ini dari Anda, jadi persetujuannya dari pemegang peran lain.",
    "Your refusal is taken back. The disposition of this case is yours, so another holder approves.",
)


def _disposed(bench: Bench) -> Bilingual:
    """Where somebody else can still dispose, with the line by which they free this person to approve."""
    said = Bilingual(
        "Disposisi kasus ini dari Anda, jadi persetujuan permintaannya dari orang lain; mintalah pemegang"
        " peran yang lain.",
        "The disposition of this case is yours, so somebody else approves its request; ask another holder of"
        " the role.",
    )
    step = disposed_apart(bench.procedure)
    state = bench.state.state(step.key) if step is not None else None
    if step is None or state is None or bench.memory.finished:
        return said
    line = line_to_paste(bench.memory, step, state.digest)
    return Bilingual(
        f"{said.id} Atau mintalah pejabat lain yang berwenang memberi disposisinya juga: `{line}`",
        f"{said.en} Or ask another official who may dispose to do so as well: `{line}`",
    )


def _is_barred(act: Act, verdict: HostingVerdict) -> Bilingual | None:
    if act.account_id not in verdict.facts.barred:
        return None
    return Bilingual(
        "Pembuat permintaan ini, dan siapa pun yang mendorong commit ke dalamnya, tidak boleh menyetujuinya;"
        " mintalah anggota Tim Teknis lain.",
        "The author of this request, and anyone who pushed to it, may not approve it; ask another member.",
    )
