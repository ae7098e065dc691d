"""The reporter: the one card of a case, the card of its hosting merge request, and answers to acts.

The card is edited, never repeated. All text passes the output port (architecture, decision 6); what comes
from requests, documents or reviewers is wrapped as :class:`Untrusted`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from automation.bots import lifekeeper, termkeeper
from automation.bots.desk import Desk, answer_marker, card_marker, role_label, turn
from automation.bots.historian import changed_comments
from automation.bots.stepcard import (
    LAPSES,
    Part,
    document_states,
    finding_lines,
    lapse,
    open_step,
    reason_given,
    said,
    step_word,
)
from automation.bots.timekeeper import clock_words, placing
from automation.core.act import Act
from automation.core.authority import highest
from automation.core.gate import HEAD, REQUEST, STEPS, HostingVerdict
from automation.core.memory import RuledAct
from automation.core.nameterm import day_of
from automation.core.outputport import Untrusted, outgoing
from automation.core.plan import Answer, Change, WriteCard
from automation.core.ruling import hosting_line
from automation.core.rulingmigration import migration_line
from automation.core.text import Bilingual, indonesian_date

MAX_ACCOUNTS = 5
REQUEST_LAPSES = {
    **LAPSES,
    REQUEST: "berkas permohonannya berubah",
    HEAD: "commit terakhir permintaan ini berganti",
    STEPS: "langkah SOP, atau yang dinilainya, berubah",
    "lain": "commit permintaan, langkah SOP, aturan, atau hasil pemeriksaannya berubah",
    "cabut": "sesudahnya nama pada kasus ini dicabut",
    "peran": "pemberinya tidak lagi memegang peran yang menyetujuinya, atau kini pengembang aplikasi ini",
    "dorong": "pemberinya kini termasuk yang mendorong atau menulis commit permintaan ini",
    "disposisi": "disposisi kasus ini dari pemberinya",
}


def wishes(desk: Desk) -> list[Change]:
    """The cards and answers that should be there."""
    observation = desk.decision.observation
    changes: list[Change] = [WriteCard(observation.place, case_card(desk), None)]
    if desk.decision.hosting is not None and observation.hosting_place is not None:
        changes.append(WriteCard(observation.hosting_place, hosting_card(desk, desk.decision.hosting), None))
    replies = [(ruled.act, ruled.reply) for ruled in desk.decision.rulings if ruled.reply is not None]
    changes.extend(_answers(desk, [*replies, *_unanswered(desk)]))
    return changes


def case_card(desk: Desk) -> str:
    """The whole card of a case, in Indonesian."""
    state = desk.decision.state
    parts: list[Part] = [
        card_marker(desk.key),
        "\n",
        *_headline(desk),
        "\n\n",
        *lifekeeper.told(desk),
        *termkeeper.told(desk),
    ]
    if state.open is not None and desk.decision.memory.finished:
        parts.append("Sesudah kasus selesai, yang dinilai pada langkah ")
        parts.append(f"{state.open.step.number} ({state.open.step.key}) berubah. Kasus tetap selesai dan ")
        parts.append("yang tersaji tetap; perubahan nama diajukan lewat merge request di proyek hosting.\n\n")
    elif state.open is not None and desk.decision.life.running:
        parts.extend(open_step(desk, state.open))
    parts.extend(_step_table(desk))
    parts.extend(document_states(desk))
    parts.extend(_migration(desk))
    parts.extend(changed_comments(desk))
    parts.extend(_forged(desk))
    parts.extend(_links(desk))
    parts.extend(_lost(desk))
    parts.append(f"\n{placing(desk).marker}\n")
    return outgoing(parts)


def hosting_card(desk: Desk, verdict: HostingVerdict) -> str:
    """The card of a hosting merge request: every condition, and what to paste to approve it."""
    parts: list[Part] = [
        card_marker(desk.key),
        f"\n### {_kind(desk, verdict)} untuk {desk.key}\n\n",
        *_asked_for(desk, verdict),
        "\n\n",
        *_lapsed_request(desk, verdict),
        *finding_lines(verdict.findings),
    ]
    if verdict.steps_missing:
        numbers = {step.key: step.number for step in desk.decision.procedure.steps}
        parts.append("\nLangkah SOP yang belum selesai:\n\n")
        parts.extend(f"- langkah {numbers[key]}: {key}\n" for key in verdict.steps_missing)
    if verdict.refusal is not None:
        parts.extend(_refused_request(desk, verdict, verdict.refusal))
    elif verdict.approvable and verdict.approval is None:
        parts.extend(_to_approve(desk, verdict))
    elif verdict.ready:
        parts.append("\nDisetujui; laik menggabungkan permintaan ini.\n")
    parts.append("\nHanya laik yang menggabungkan permintaan di proyek ini.\n")
    return outgoing(parts)


def _lapsed_request(desk: Desk, verdict: HostingVerdict) -> list[Part]:
    """Why an approval that was given counts no more, while none counts."""
    if not verdict.lapsed:
        return []
    return lapse(desk, "Persetujuan yang sudah diberikan", verdict.lapsed, REQUEST_LAPSES)


def _to_approve(desk: Desk, verdict: HostingVerdict) -> list[Part]:
    """Who approves, and the line; whoever disposed is not asked (``authority.disposed_apart``)."""
    rule = desk.decision.procedure.hosting
    named = " atau ".join(role_label(desk, role) for role in rule.approved_by) if rule is not None else ""
    apart = ", bukan yang memberi disposisi," if verdict.disposed_by else ""
    return [
        "\nSemua syarat terpenuhi. ",
        Untrusted(named),
        f"{apart} menyetujui dengan menempelkan:\n\n",
        f"```\n{hosting_line(desk.decision.memory, verdict)}\n```\n",
    ]


def _kind(desk: Desk, verdict: HostingVerdict) -> str:
    """What a request is, told from what it would change and never from what its file says of itself."""
    held = desk.decision.memory.names.get(verdict.facts.path)
    if verdict.facts.removes:
        return "Penghapusan nama"
    if held is None:
        revoked = any(act.subjects.get("path") == verdict.facts.path for act in desk.decision.memory.acts)
        return "Pemulihan nama yang dicabut" if revoked else "Permintaan hosting"
    return "Perpanjangan nama" if held.sha == verdict.facts.sha else "Perubahan nama"


def _asked_for(desk: Desk, verdict: HostingVerdict) -> list[Part]:
    if verdict.facts.removes:
        return ["Nama ini tidak disajikan lagi sesudah digabungkan, dan bebas diminta kasus lain."]
    parts: list[Part] = [f"Commit yang diminta: `{verdict.facts.sha or 'tidak terbaca'}`", _newer(desk)]
    until = day_of(verdict.facts.until)
    parts += [f"\n\nBerlaku sampai {indonesian_date(until)}."] if until else []
    return [*parts, *_plain_http(desk, verdict)]


def _plain_http(desk: Desk, verdict: HostingVerdict) -> list[Part]:
    """The mark of a name that has no certificate; of a parent that is none, the check says enough."""
    hosting, parent = desk.policy.hosting, verdict.facts.parent
    if parent not in hosting.induk_domain or hosting.pair_for(parent) is not None:
        return []
    told = f"kebijakan tidak menyebut sertifikat bagi `{parent}`"  # as the policy writes it
    return [f"\n\nDisajikan **HTTP saja**: {told}."]


def _headline(desk: Desk) -> list[Part]:
    state, total = desk.decision.state, len(desk.decision.procedure.steps)
    title: list[Part] = [f"### {desk.key} · ", Untrusted(desk.application_name), "\n\n"]
    if state.open is None or desk.decision.memory.finished:
        return [*title, f"**Selesai**: {total} dari {total} langkah."]
    stopped = lifekeeper.headline(desk.decision.life)
    if stopped is not None:
        return [*title, f"{stopped} pada langkah {state.open.step.number} dari {total}."]
    step = state.open.step
    roles = turn(desk)
    whose = Untrusted(", ".join(role_label(desk, role) for role in roles) or "laik")
    where = "Ditangguhkan pada langkah" if state.suspended else "Langkah"
    return [*title, f"**{where} {step.number} dari {total}** · giliran **", whose, "**", *clock_words(desk)]


def _refused_request(desk: Desk, verdict: HostingVerdict, refusal: RuledAct) -> list[Part]:
    comment = said(desk, refusal)
    parts: list[Part] = ["\nTim Teknis menolak permintaan ini; ubah berkas permohonannya"]
    if comment is not None:
        parts.extend(reason_given(refusal, comment))
    if verdict.approvable:
        line = hosting_line(desk.decision.memory, verdict)
        parts.append(f"\n\nYang menolak dapat menariknya dengan:\n\n```\n{line}\n```")
    return [*parts, "\n"]


def _step_table(desk: Desk) -> list[Part]:
    steps = desk.decision.procedure.steps
    rows = (f"| {step.number} | {step.key} | {step_word(desk, step)} |\n" for step in steps)
    return ["\n| No | Langkah | Keadaan |\n|--:|--|--|\n", *rows]


def _migration(desk: Desk) -> list[Part]:
    """A move to another version of the SOP that waits for the word of those in authority."""
    planned = desk.decision.observation.offered
    if planned is None or desk.decision.migration is not None:
        return []
    parts: list[Part] = [
        f"\n**Tawaran pindah ke SOP {desk.decision.procedure.id} versi {planned.version}.** ",
        f"Tetap selesai: {', '.join(planned.kept) or 'tidak ada'}. ",
        f"Diulang: {', '.join(planned.anew) or 'tidak ada'}. ",
        f"Baru: {', '.join(planned.added) or 'tidak ada'}. ",
        f"Tidak ada lagi: {', '.join(planned.dropped) or 'tidak ada'}.\n",
    ]
    line = migration_line(desk.decision.memory, planned.digest)
    who = ", ".join(role_label(desk, role) for role in highest(desk.decision.procedure))
    return [*parts, "\n", Untrusted(who), f" menyetujuinya dengan:\n\n```\n{line}\n```\n"]


def _forged(desk: Desk) -> list[Part]:
    """Who posted statuses in laik's name, by account number: a name would be text from outside."""
    forged = desk.decision.memory.forged
    if not forged:
        return []
    accounts = sorted({one.account for one in forged})
    named = ", ".join(str(account) for account in accounts[:MAX_ACCOUNTS])
    more = ", …" if len(accounts) > MAX_ACCOUNTS else ""
    told = f"{len(forged)} status atas nama laik dipasang akun lain (nomor akun {named}{more})"
    return [f"\n**Peringatan**: {told}. Tidak berlaku, dan dicatat.\n"]


def _links(desk: Desk) -> list[Part]:
    links = desk.decision.observation.links
    named = [("Berkas", links.berkas), ("Aplikasi", links.aplikasi), ("Hosting", links.hosting)]
    shown = [f"[{name}]({address})" for name, address in named if address]
    return [f"\n{' · '.join(shown)}\n"] if shown else []


def _lost(desk: Desk) -> list[Part]:
    """Repositories that were made and cannot be read now: deleted, emptied, or laik was taken out of them."""
    links = desk.decision.observation.links
    made = desk.decision.memory.projects
    named = (("berkas", "berkas kasus", links.berkas), ("aplikasi", "aplikasi", links.aplikasi))
    lost = [name for kind, name, address in named if kind in made and not address]
    if not lost or desk.decision.memory.finished:
        return []
    told = f"repositori {' dan '.join(lost)} tidak ditemukan atau kosong"
    return [f"\n**Peringatan**: {told}. laik tidak membuatnya ulang; pulihkan repositori itu pada forge.\n"]


def _newer(desk: Desk) -> str:
    count = desk.decision.observation.newer_commits
    return f" ({count} commit lebih baru tidak ikut)" if count else ""


_NOT_COUNTED = Bilingual(
    "Perintah ini sudah dibaca dan tidak dihitung. Yang diperlukan sekarang ada pada kartu.",
    "This command was read and does not count. The card says what is needed now.",
)
_WITHDRAWN = Bilingual(
    "Komentar ini disunting, jadi keputusannya tidak dihitung. Tulis komentar baru dengan kode pada kartu.",
    "This comment was edited, so its decision does not count. Write a new one with the card's code.",
)


def _unanswered(desk: Desk) -> list[tuple[Act, Bilingual]]:
    """Acts ruled before whose answer never arrived: a forge that failed in between must not silence laik."""
    decision = desk.decision
    new = {ruled.act.id for ruled in decision.rulings}
    silent = {act.act for act in decision.memory.acts if act.ruling in {"void", "told"}} - new
    return [
        (act, _WITHDRAWN if act.edited else _NOT_COUNTED)
        for act in decision.observation.acts
        if act.id in silent
    ]


def _answers(desk: Desk, replies: Sequence[tuple[Act, Bilingual]]) -> Iterator[Answer]:
    """One answer a comment, under the marker of its first act that wants one.

    One for each command would let a single comment of anybody make laik write twenty, until the forge's rate
    limit keeps it from writing anywhere.
    """
    comments: dict[str, list[tuple[Act, Bilingual]]] = {}
    for act, reply in replies:
        comments.setdefault(act.id.rpartition("/")[0], []).append((act, reply))
    for given in comments.values():
        first = min((act for act, _ in given), key=lambda act: int(act.id.rpartition("/")[2]))
        yield _answer(desk, first, [reply for _, reply in given])


def _answer(desk: Desk, act: Act, replies: Sequence[Bilingual]) -> Answer:
    observation = desk.decision.observation
    place = observation.place
    if act.source == "merge_request" and observation.hosting_place is not None:
        place = observation.hosting_place
    marker = answer_marker(act.id)
    told = "\n\n".join(dict.fromkeys(reply.id for reply in replies))
    return Answer(place, marker, outgoing([marker, "\n", "Untuk ", Untrusted(act.account), ": ", told]))
