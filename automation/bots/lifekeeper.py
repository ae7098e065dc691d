"""The lifekeeper: what people see of a case's life, and the issue opened or closed to match it.

Each withdrawal, suspension, resumption and revocation is answered once, under the comment's own marker, with
the reason as long as the comment stands: the ledger keeps no words of people.
"""

from __future__ import annotations

from automation.bots.desk import Desk, answer_marker, card_marker
from automation.core.act import Act
from automation.core.errors import LaikError
from automation.core.hosting_request import FOLDER
from automation.core.life import Life, standstill
from automation.core.memory import REVOKED, RuledAct
from automation.core.outputport import Untrusted, outgoing
from automation.core.plan import Answer, Change, CloseIssue, Place, ReopenIssue, WriteCard

Part = str | Untrusted
LANES = {"ditarik": "fase::ditarik", "duplikat": "fase::duplikat", "ditunda": "fase::ditunda"}
_DONE = {
    "ditarik": "Kasus ini ditarik. Berkas kasus tetap tersimpan; tidak ada yang diputuskan lagi.",
    "duplikat": "Kasus ini dinyatakan duplikat; lanjutkan pada kasus",
    "ditunda": "Kasus ini ditunda; tenggatnya berhenti sampai dilanjutkan.",
    "berjalan": "Kasus ini berjalan lagi dari langkah tempatnya berhenti; yang diperlukan ada pada kartu.",
}


def wishes(desk: Desk) -> list[Change]:
    """The answers to what changed the case, and its issue as it should be."""
    life, place = desk.decision.life, desk.decision.observation.place
    shown = desk.decision.observation.shown
    changes: list[Change] = [_answer(desk, act, _revoked_told(desk, act)) for act in _revocations(desk)]
    if life.act is not None:
        answer = _answer(desk, life.act, _changed_told(desk, life, life.act))
        changes.append(answer)
        # Only until it was answered: whoever closes the issue by hand afterwards pauses the case.
        if (
            life.state == "berjalan"
            and answer.marker not in shown.answers
            and not desk.decision.memory.finished
        ):
            changes.append(ReopenIssue(place))
    if life.ended:
        changes.append(CloseIssue(place))
    if desk.decision.memory.finished:
        changes.extend(_stays_finished(desk))
    return changes


def stopped_card(key: str, place: Place, problem: LaikError) -> WriteCard:
    """The card of a case that cannot be judged by the SOP it is pinned to: what happened, how it is mended.

    It takes the place of the one that offered commands to paste: none counts until the case goes on.
    """
    told: list[Part] = [card_marker(key), f"\n### {key} berhenti\n\n**", Untrusted(problem.message.id), "** "]
    told += [Untrusted(problem.remedy.id), "\n\n", Untrusted(problem.message.en), " "]
    told += [Untrusted(problem.remedy.en), "\n\nSelama ini tidak ada yang diputuskan atau disetujui;"]
    told.append(" yang sudah diputuskan tetap, dan yang tersaji tetap tersaji.")
    told.append(" Kepala instansi TIK menurunkan namanya dengan `@laik cabut` pada issue kasus lain.\n")
    return WriteCard(place, outgoing(told), None)


def lane(life: Life) -> str | None:
    """The label of a case that was taken out of its steps; None while it walks them."""
    return LANES.get(life.state)


def headline(life: Life) -> str | None:
    """The card's headline for a case that does not run; None while it does."""
    words = {
        "ditarik": "**Ditarik**",
        "duplikat": f"**Duplikat {life.other}**",
        "ditunda": "**Ditunda**",
        "issue_ditutup": "**Berhenti: issue ditutup**",
    }
    return words.get(life.word)


def told(desk: Desk) -> list[Part]:
    """What the card says of the case's life and of names that were revoked; empty for an ordinary case."""
    life, parts = desk.decision.life, list[Part]()
    if not life.running:
        parts.append(standstill(life).id)
        if life.act is not None and life.state != "berjalan":
            parts.extend(_reason(desk, life.act))
        parts.append("\n\n")
    for act in _revocations(desk):
        parts.extend(
            ["**Nama dicabut**: ", Untrusted(_name(act)), *_reason(desk, act), _standing(desk, act), "\n\n"]
        )
    return parts


def _revocations(desk: Desk) -> list[RuledAct]:
    """The last revocation of each name that was not given again since."""
    memory = desk.decision.memory
    last = {act.subjects["path"]: act for act in memory.acts if act.step == REVOKED and act.ruling == "noted"}
    return [act for path, act in last.items() if path not in memory.names]


def _standing(desk: Desk, act: RuledAct) -> str:
    waits = desk.decision.memory.down.get(act.subjects["path"]) == act.digest
    gone = " Sedang diturunkan." if waits else " Sudah terbukti tidak tersaji."
    return f".{gone} Pemulihan memerlukan merge request hosting baru dengan seluruh syaratnya."


def _name(act: RuledAct) -> str:
    return act.subjects["path"].removeprefix(FOLDER).removesuffix(".yaml")


def _revoked_told(desk: Desk, act: RuledAct) -> list[Part]:
    told = (
        ". Pencabutan ini tetap berlaku apa pun yang terjadi dengan komentarnya; pemulihan memerlukan merge"
        " request hosting baru yang memenuhi seluruh syarat dan disetujui sesudah pencabutan."
    )
    at_once = " dicabut dan langsung diturunkan; hasilnya ada pada kartu"
    return ["nama ", Untrusted(_name(act)), at_once, *_reason(desk, act), told]


def _changed_told(desk: Desk, life: Life, act: RuledAct) -> list[Part]:
    done = f"{_DONE[life.state]} {life.other}." if life.state == "duplikat" else _DONE[life.state]
    back: dict[str, str] = {
        "ditarik": " Dibuka lagi dengan `@laik buka kasus <alasan>`.",
        "duplikat": " Dibuka lagi dengan `@laik buka kasus <alasan>`.",
        "ditunda": " Dilanjutkan dengan `@laik lanjut kasus`.",
    }
    served = desk.decision.memory.names and life.ended
    kept = " Nama yang tersaji tetap tersaji sampai dihapus atau dicabut." if served else ""
    reason = _reason(desk, act)
    return [done, *reason, "." if reason else "", kept, back.get(life.state, "")]


def _reason(desk: Desk, act: RuledAct) -> list[Part]:
    if act.act.startswith("masa:"):
        return [" Alasan: masa berlakunya berakhir"]
    said = _said(desk, act)
    if said is None or not said.command.reason:
        return []
    return [" Alasan ", Untrusted(said.account), ": ", Untrusted(said.command.reason)]


def _said(desk: Desk, ruled: RuledAct) -> Act | None:
    acts = desk.decision.observation.acts
    return next((one for one in acts if one.id == ruled.act and one.body_digest == ruled.body), None)


def _answer(desk: Desk, act: RuledAct, parts: list[Part]) -> Answer:
    marker = answer_marker(act.act)
    return Answer(
        desk.decision.observation.place, marker, outgoing([marker, "\n", desk.key, ": ", *parts, "\n"])
    )


def _stays_finished(desk: Desk) -> list[Change]:
    """A finished case whose issue somebody opened again is closed again, and told why once."""
    place, shown = desk.decision.observation.place, desk.decision.observation.shown
    if not shown.issue_open:
        return []
    marker = answer_marker(f"tetap-selesai:{desk.key}")
    told = (
        f"\nKasus {desk.key} sudah selesai dan tetap selesai, jadi issue ini ditutup kembali. Perubahan,"
        " perpanjangan, dan penghapusan nama diajukan sebagai merge request di proyek hosting; untuk"
        " pengembangan lain, ajukan permohonan baru.\n"
    )
    body = outgoing([marker, told])
    return [Answer(place, marker, body), CloseIssue(place)]
