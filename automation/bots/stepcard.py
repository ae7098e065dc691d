"""The open step on a case's card: what is missing, what was decided, and the lines to paste."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from automation.bots.desk import Desk, role_label
from automation.core.act import Act
from automation.core.authority import deciders, disposed_apart, read_deciders, stand_ins
from automation.core.case import StepState
from automation.core.codes import line_to_paste, line_to_take_back
from automation.core.finding import Finding, Outcome
from automation.core.memory import RuledAct
from automation.core.outputport import Untrusted
from automation.core.procedure import Step, Way
from automation.core.readings import is_added
from automation.core.remembered import capacity_words
from automation.core.standing import rounds
from automation.core.text import indonesian_date
from automation.core.waiver import in_force

Part = str | Untrusted
# Words beside plain signs: a sign alone is lost where a font or a reader's eyes do not show it.
SIGNS = {
    Outcome.PASS: "✔ terpenuhi",
    Outcome.FAIL: "✘ belum",
    Outcome.PENDING: "… menunggu",
    Outcome.NOT_APPLICABLE: "– tidak berlaku",
    Outcome.WAIVED: "! dikecualikan",
    Outcome.ERROR: "? tidak dapat dinilai",
}
MAX_FINDINGS = 40  # a card stays readable; the rest is counted
ATTESTED = "dinyatakan, tidak dibuktikan laik"
ASKED: Mapping[Way, str] = {
    "completed": "Untuk memutuskan, tempelkan sebagai komentar:",
    "detour": "Untuk memutuskan sebaliknya:",
    "refused": "Untuk mengembalikan:",
    "resumed": "Untuk melanjutkan kasus:",
}
LACKING: Mapping[Way, str] = {
    "completed": "Untuk memutuskan masih diperlukan:",
    "detour": "Untuk memutuskan sebaliknya masih diperlukan:",
}
LAPSES = {
    "aturan": "aturan atau hasil pemeriksaannya berubah",
    "komentar": "komentar persetujuannya disunting atau dihapus",
    "peran": "pemberinya tidak lagi memegang peran yang memutuskannya",
    "form": "isi formulir permohonan berubah",
    "code": "kode aplikasi berubah",
    "scan": "hasil pemindaian berubah",
    "hosting": "permohonan hosting berubah",
}


def open_step(desk: Desk, state: StepState) -> list[Part]:
    """Everything the card says of the open step."""
    parts: list[Part] = [Untrusted(state.step.activity.id, limit=2000), "\n\n"]
    parts.extend(_marks(desk, state))
    if state.held is not None:
        parts.extend(_sent_back(desk, state.held))
    parts.extend(_lapsed(desk, state))
    parts.extend(finding_lines(state.findings))
    parts.extend(_waivers(desk, state))
    code = desk.decision.observation.code_digest
    if "code" in state.step.judging.subjects and code:
        parts.append(f"\nDigest kode yang diuji: `{code}`\n")
    parts.extend(_who_agrees(desk, state))
    parts.extend(_agreement(desk, state))
    parts.extend(_lines(desk, state))
    parts.extend(_readings(state))
    parts.extend(_read_actors(desk, state))
    if state.step == disposed_apart(desk.decision.procedure) and state.approval is None:
        parts.append("\nYang memberi disposisi ini tidak menyetujui permintaan hostingnya.\n")
    if state.given and state.waiting_for_service:
        parts.append(f"\nSemua keputusan ada. {_service(desk)}\n")
    if state.given and state.waiting_for_provision:
        parts.append("\nSemua keputusan ada; laik menyiapkan repositori aplikasi.\n")
    return [*parts, "\n"]


def _marks(desk: Desk, state: StepState) -> list[Part]:
    """Which round it is, and what kind of step."""
    marks: list[Part] = []
    if (turn := rounds(desk.decision.memory, state.step.key)) > 1:
        marks.append(f"Putaran ke-{turn}.\n\n")
    if is_added(state.step):
        marks.append("Langkah ini **tambahan daerah**: bukan isi SOP sumbernya.\n\n")
    if state.step.completion == "attested":
        marks.append(f"Langkah ini **{ATTESTED}**: laik mencatat pernyataan orang yang berwenang.\n\n")
    if state.suspended:
        marks.append("**Kasus ditangguhkan.** Yang dinilai langkah sebelumnya dapat diperbaiki.\n\n")
    return marks


def _lapsed(desk: Desk, state: StepState) -> list[Part]:
    """Which decisions do not count any more, and why."""
    gone = state.lapsed or state.forfeited
    if not gone:
        return []
    what = "Keputusan sebelumnya" if state.lapsed else "Persetujuan yang sudah diberikan"
    return lapse(desk, what, gone, LAPSES)


def lapse(desk: Desk, what: str, gone: Sequence[str], words: Mapping[str, str]) -> list[Part]:
    """That ``what`` counts no more, and why; a reason without words of its own is a document that changed."""
    documents = desk.decision.procedure.documents
    reasons = [
        words.get(name) or f"isi {documents[name].name if name in documents else name} berubah"
        for name in gone
    ]
    return [f"{what} gugur: ", Untrusted("; ".join(reasons)), ".\n\n"]


def _who_agrees(desk: Desk, state: StepState) -> list[Part]:
    """Of a step whose agreement hangs on a document: whose word is wanted for what is there now."""
    when = state.step.act.agree_when if state.step.act is not None else None
    asked = state.asked.act
    if when is None or asked is None or not state.evidence_holds or state.given:
        return []
    named = ", ".join(role_label(desk, role) for role in asked.by)
    document = Untrusted(desk.decision.procedure.documents[when.document].name)
    if asked.agree_when is None:
        return ["\nTanpa ", document, " yang memutuskan: ", Untrusted(named), ".\n"]
    told = " ada, jadi setiap peran ini menyetujui isi yang sama: "
    return ["\n", document, told, Untrusted(named), ".\n"]


def _agreement(desk: Desk, state: StepState) -> list[Part]:
    """Of a decision of several persons: how many gave it, and whose is still missing."""
    act, standing = state.asked.act, state.standing
    if act is None or act.persons < 2 or not standing.approvals or not standing.missing:
        return []
    named = ", ".join(role_label(desk, role) if role else "satu orang lagi" for role in standing.missing)
    given = f"\nSudah disetujui {len(standing.approvals)} dari {act.persons} orang; masih diperlukan: "
    return [given, Untrusted(named), ", dari unit lain.\n" if act.units else ".\n"]


def _lines(desk: Desk, state: StepState) -> list[Part]:
    """The lines to paste, for every way that can be taken now."""
    if state.step.act is None or not state.evidence_holds or state.approval is not None or state.kept:
        return [*_failing(desk, state), *_resuming(desk, state)]
    parts: list[Part] = []
    forward: tuple[Way, Way] = ("completed", "detour")
    for way in (one for one in forward if one in state.step.act.ways()):
        if state.open_way(way):
            parts.extend(_line(desk, state, way))
        else:
            parts.append(f"\n{LACKING[way]}\n\n")
            parts.extend(finding_lines(state.ways.get(way, ())))
    if state.step.act.refuse:
        parts.extend(_line(desk, state, "refused"))
    return parts


def _failing(desk: Desk, state: StepState) -> list[Part]:
    """What was handed in whole and fails can be sent back to where it is mended: a failed test to the code.

    Where the step itself mends it nothing is gained by sending it back.
    """
    back = state.step.way("refused")
    judged = all(one.outcome not in {Outcome.PENDING, Outcome.ERROR} for one in state.findings)
    leads_back = back is not None and back.to != state.step.key and not state.evidence_holds
    free = state.held is None and state.approval is None and not state.kept
    return _line(desk, state, "refused") if judged and leads_back and free else []


def _resuming(desk: Desk, state: StepState) -> list[Part]:
    branch = state.step.way("resumed")
    return _line(desk, state, "resumed") if state.suspended and branch is not None and branch.moves else []


def _line(desk: Desk, state: StepState, way: Way) -> list[Part]:
    line = line_to_paste(desk.decision.memory, state.step, state.digest, way)
    return [f"\n{ASKED[way]}\n\n```\n{line}\n```\n"]


def _readings(state: StepState) -> list[Part]:
    """Ways that are laik's reading and move nothing until the region makes them its rule."""
    named = [
        f"{branch.when} (menuju {branch.to})" if branch.to else branch.when
        for branch in state.step.flow.branches
        if not branch.moves
    ]
    if not named:
        return []
    before = "\nBacaan laik yang belum dikonfirmasi daerah, jadi tidak memindahkan kasus: "
    return [before, Untrusted("; ".join(named)), ". Daerah menegaskannya pada kebijakan (`penegakan`).\n"]


def _read_actors(desk: Desk, state: StepState) -> list[Part]:
    """Who decides by laik's reading, and who may as well until the region confirms it."""
    others = stand_ins(state.asked)
    if not others:
        return []
    read = read_deciders(state.asked)
    named, more = (", ".join(role_label(desk, role) for role in roles) for roles in (read, others))
    return [
        "\nYang memutuskan menurut bacaan laik: ",
        Untrusted(named),
        "; selama belum dikonfirmasi daerah pada kebijakan (`penegakan`) juga: ",
        Untrusted(more),
        ".\n",
    ]


def _waivers(desk: Desk, state: StepState) -> list[Part]:
    """Waivers in force with their last day; and how one is given, where something could be lifted."""
    today = desk.decision.observation.today
    parts: list[Part] = []
    for act in in_force(state.step.key, desk.decision.memory, today):
        if act.waiver is not None:
            until = indonesian_date(act.waiver.until)
            parts.append(f"- pengecualian `{act.waiver.check}` berlaku sampai {until}\n")
    return parts


def _sent_back(desk: Desk, refusal: RuledAct) -> list[Part]:
    """Who sent the case back and why, as long as the comment stands; and how that is taken back."""
    comment = said(desk, refusal)
    parts: list[Part] = ["Dikembalikan untuk diperbaiki: isi yang dinilai harus berubah"]
    if comment is not None:
        parts.extend(reason_given(refusal, comment))
    if comment is not None and not _may_take_back(desk, refusal, comment.account):
        return [*parts, ". Yang mengembalikan tidak lagi memegang peran yang memutuskannya.\n\n"]
    line = line_to_take_back(desk.decision.procedure, desk.decision.memory, refusal)
    return [*parts, f"\n\nYang mengembalikan dapat menariknya dengan:\n\n```\n{line}\n```\n\n"]


def reason_given(refusal: RuledAct, comment: Act) -> list[Part]:
    """Who sent back, as what where it was an acting official, and why."""
    who: list[Part] = [". Alasan ", Untrusted(comment.account), capacity_words(refusal.capacity), ": "]
    return [*who, Untrusted(comment.command.reason)]


def _may_take_back(desk: Desk, refusal: RuledAct, account: str) -> bool:
    """Whether the refuser may still decide at the step: taking a refusal back is an approval."""
    roles = desk.decision.observation.roles
    step = next((one for one in desk.decision.procedure.steps if one.key == refusal.step), None)
    return step is not None and any(
        account.casefold() in roles.get(one, frozenset())
        for one in deciders(step.applied_to(refusal.subjects))
    )


def said(desk: Desk, ruled: RuledAct) -> Act | None:
    """The act as it still stands; the ledger keeps no text of people."""
    acts = desk.decision.observation.acts
    return next((act for act in acts if act.id == ruled.act and act.body_digest == ruled.body), None)


def _service(desk: Desk) -> str:
    """What the name waits for."""
    if desk.decision.memory.admitted is not None:
        return "Permintaan hosting sudah digabungkan; menunggu nama terbukti tersaji."
    if desk.decision.hosting is not None:
        return "Menunggu permintaan hosting disetujui dan digabungkan; lihat kartunya."
    return "Buka merge request berisi satu berkas `permohonan/<nama>.yaml` di proyek hosting."


def finding_lines(findings: Sequence[Finding]) -> list[Part]:
    """What does not hold, one line each with its remedy; then what holds, one line a check."""
    failing = [finding for finding in findings if not finding.holds]
    parts: list[Part] = [part for finding in failing[:MAX_FINDINGS] for part in failing_line(finding)]
    if len(failing) > MAX_FINDINGS:
        parts.append(f"- … dan {len(failing) - MAX_FINDINGS} temuan lain\n")
    failed = {finding.check for finding in failing}
    held: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.holds and finding.check not in failed:
            held.setdefault(finding.check, []).append(finding)
    for check, listed in held.items():
        parts.append(f"- {SIGNS[listed[0].outcome]} `{check}` ")
        parts.extend(["" if len(listed) > 1 else Untrusted(listed[0].seen.id)])
        parts.append(f"{len(listed)} hal\n" if len(listed) > 1 else "\n")
    return parts


def failing_line(finding: Finding) -> list[Part]:
    """One line on what does not hold: its sign, its check, what was seen, what to do and where."""
    parts: list[Part] = [f"- {SIGNS[finding.outcome]} `{finding.check}` ", Untrusted(finding.seen.id)]
    parts.extend([" ", Untrusted(finding.remedy.id)])
    place = str(finding.where)
    if place:
        parts.extend([" (", Untrusted(place), ")"])
    return [*parts, "\n"]


def step_word(desk: Desk, step: Step) -> str:
    """How one step stands, in a word or two."""
    state = desk.decision.state.state(step.key)
    if state is not None and state.suspended:
        return "**ditangguhkan**"
    if state is None and step.key in desk.decision.state.passed_by:
        return "dilewati"
    if desk.decision.memory.finished or (state is not None and state.complete):
        return f"selesai ({ATTESTED})" if step.completion == "attested" else "selesai"
    return "menunggu" if state is None else "**terbuka**"


def document_states(desk: Desk) -> list[Part]:
    """Documents that pass through states (KAK: draft, dikoreksi, disetujui, disahkan), and where they are."""
    documents = desk.decision.procedure.documents
    reached: dict[str, str] = {}
    for state in desk.decision.state.steps:
        for output in state.step.outputs if state.complete else ():
            given = documents.get(output.document)  # the application itself is no document
            if output.state is not None:
                reached[output.document] = output.state
            elif given is not None and given.state_of is not None:
                reached[given.state_of.document] = given.state_of.state
    named = [f"{documents[name].name}: {state.replace('_', ' ')}" for name, state in reached.items()]
    return ["\nKeadaan dokumen: ", Untrusted("; ".join(named)), "\n"] if named else []
