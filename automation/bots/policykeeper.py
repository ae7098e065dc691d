"""The policy keeper: what a merge request that changes the policy is shown and answered.

One card says what would change, why it cannot come into force, who of the owners agreed, and the line to
paste; a status says the same in a word. Whether it is in force is said by the ledger alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from automation.bots.desk import answer_marker, card_marker
from automation.core.codes import REJECT
from automation.core.memory import Memory
from automation.core.outputport import Untrusted, outgoing
from automation.core.plan import Answer, Change, Place, PostStatus, Remember, WriteCard
from automation.core.policy import MAX_OWNERS
from automation.core.policyadmission import (
    OWNERS_NEEDED,
    STEP,
    Difference,
    PolicyVerdict,
    StandingPolicy,
    line_to_agree,
    refusal_entry,
)
from automation.core.text import Bilingual, indonesian_date

CARD = "kebijakan"
CONTEXT = "laik/kebijakan"
# GitHub takes 65,536 characters, and a hostile text grows to twice its length when it is made inert.
MAX_DIFFERENCES = 40
MAX_PROBLEMS = 20
PROBLEM_LENGTH = 400
NAME_LENGTH = 100

Stage = Literal["open", "merged"]


@dataclass(frozen=True, slots=True)
class PolicyDeskView:
    """A merge request that changes the policy, judged.

    Attributes:
        place: where it is.
        head_sha: its head, on which the status stands; empty where none can be posted.
        stage: open, or merged without being in force.
        standing: the policy in force.
        verdict: what the change amounts to.
        differences: what would change; None while it cannot be read.
        owners: names of the owners in force.
        memory: what the ledger remembers under the policy's key.
        web_url: of the merge request.
    """

    place: Place
    head_sha: str
    stage: Stage
    standing: StandingPolicy
    verdict: PolicyVerdict
    differences: tuple[Difference, ...] | None
    owners: tuple[str, ...]
    memory: Memory
    web_url: str = ""


def wishes(view: PolicyDeskView) -> list[Change]:
    """The card and the code it shows, the answers, and the status of one merge request."""
    changes: list[Change] = [
        *_shown(view),
        *_refusals(view),
        WriteCard(view.place, _card(view), None),
        *_answers(view),
    ]
    if view.stage == "open" and view.head_sha:
        changes.append(_status(view))
    return changes


def untouched_card() -> str:
    """What the card of a merge request says that changes the policy no more."""
    told = "\n### Tidak mengubah kebijakan\n\nPermintaan ini sekarang tidak mengubah `laik.yaml`.\n"
    return outgoing([card_marker(CARD), told])


def unreadable_card(reason: Bilingual) -> str:
    """What the card says while the request's commits cannot be looked at."""
    return outgoing([card_marker(CARD), "\n### Belum dapat dinilai\n\n", Untrusted(reason.id), "\n"])


def _shown(view: PolicyDeskView) -> list[Change]:
    """A code binds only what a card showed; it is remembered before the card is written."""
    digest = view.verdict.digest
    subjects = {"merge_request": str(view.place.iid)}
    known = [one.subjects for one in view.memory.shown if (one.step, one.digest) == (STEP, digest)]
    if subjects in known or view.verdict.problems:
        return []
    return [Remember("shown", {"step": STEP, "digest": digest, "subjects": subjects})]


def _refusals(view: PolicyDeskView) -> list[Change]:
    """Kept before anything else: whoever may delete comments must not be able to take a refusal away."""
    return [Remember("act", refusal_entry(one, view.verdict.digest)) for one in view.verdict.refused]


def _card(view: PolicyDeskView) -> str:
    parts: list[str | Untrusted] = [card_marker(CARD), "\n### Perubahan kebijakan\n\n"]
    if view.stage == "merged":
        parts.append("**Sudah digabungkan, tetapi belum berlaku.** ")
    parts.append(
        f"Yang berlaku tetap kebijakan yang diputuskan terakhir (buku besar `!kebijakan`, entri"
        f" {view.standing.seq}), sampai {OWNERS_NEEDED} pemilik menyetujui isi ini"
    )
    parts.append(".\n\n" if view.stage == "merged" else " dan permintaan ini digabungkan.\n\n")
    parts.extend(_differences(view))
    if view.verdict.problems:
        parts.extend(_problems(view))
    else:
        parts.extend(_agreement(view))
    return outgoing(parts)


def _differences(view: PolicyDeskView) -> list[str | Untrusted]:
    if view.differences is None:
        return []
    if not view.differences:
        return ["Tidak ada nilai yang berubah; hanya penulisan atau komentarnya.\n\n"]
    parts: list[str | Untrusted] = ["| Kunci | Berlaku | Diminta |\n|--|--|--|\n"]
    for one in view.differences[:MAX_DIFFERENCES]:
        row = [Untrusted(text, limit=200) if text else "-" for text in (one.key, one.before, one.after)]
        parts.extend(["| ", row[0], " | ", row[1], " | ", row[2], " |\n"])
    left = len(view.differences) - MAX_DIFFERENCES
    parts.append(f"\n... dan {left} kunci lagi; lihat perubahannya pada berkas.\n\n" if left > 0 else "\n")
    return parts


def _problems(view: PolicyDeskView) -> list[str | Untrusted]:
    parts: list[str | Untrusted] = ["**Tidak dapat berlaku**, siapa pun yang menyetujuinya:\n\n"]
    for problem in view.verdict.problems[:MAX_PROBLEMS]:
        parts.extend(["- ", Untrusted(problem.id, limit=PROBLEM_LENGTH), "\n"])
    left = len(view.verdict.problems) - MAX_PROBLEMS
    if left > 0:
        parts.append(f"- dan {left} lagi\n")
    parts.append("\nPerbaiki pada cabang ini; kode untuk menyetujui tampil sesudahnya.\n")
    return parts


def _agreement(view: PolicyDeskView) -> list[str | Untrusted]:
    verdict = view.verdict
    parts: list[str | Untrusted] = [f"Pemilik yang setuju: {len(verdict.agreed)} dari {OWNERS_NEEDED}"]
    for at, one in enumerate(sorted(verdict.agreed, key=lambda one: one.account)[:MAX_OWNERS]):
        parts.extend([": " if at == 0 else ", ", Untrusted(one.name, limit=NAME_LENGTH)])
    parts.append(".\n\n")
    if len(view.standing.owners) < OWNERS_NEEDED:
        return [*parts, _BY_HAND]
    if verdict.admissible and view.stage == "open":
        parts.append("Lengkap: gabungkan permintaan ini, lalu kebijakannya berlaku.\n\n")
    parts.append("Pemilik menurut kebijakan yang berlaku: ")
    for at, name in enumerate(view.owners[:MAX_OWNERS]):
        parts.extend(["" if at == 0 else ", ", Untrusted(name, limit=NAME_LENGTH)])
    left = len(view.owners) - MAX_OWNERS
    parts.append(
        f"{f', dan {left} lagi' if left > 0 else ''}. Pemilik yang setuju menempelkan:\n\n"
        f"```\n{line_to_agree(view.memory, verdict.digest)}\n```\n"
        "\nYang menolak, atau menarik persetujuannya:\n\n"
        f"```\n{line_to_agree(view.memory, verdict.digest, REJECT)}\n```\n"
        "\nSetiap perubahan isi membatalkan persetujuan.\n"
    )
    return parts


_BY_HAND = (
    "Kebijakan yang berlaku tidak mempunyai dua pemilik, sehingga perubahannya tidak dapat disetujui di"
    " sini. Tambahkan `pemilik_kebijakan`, gabungkan, lalu jalankan `laik policy admit` di mesin laik.\n"
)


def in_force_card(standing: StandingPolicy, names: Sequence[str]) -> str:
    """What the card says once the policy of its merge request came into force, agreed to by ``names``."""
    day = indonesian_date(standing.at.date())
    told = f"Kebijakan pada permintaan ini diputuskan {day} (buku besar `!kebijakan`, entri {standing.seq})"
    parts: list[str | Untrusted] = [card_marker(CARD), "\n### Kebijakan berlaku\n\n", told]
    for at, name in enumerate(names[:MAX_OWNERS]):
        parts.extend([", disetujui " if at == 0 else ", ", Untrusted(name, limit=NAME_LENGTH)])
    return outgoing([*parts, ".\n"])


def _answers(view: PolicyDeskView) -> list[Change]:
    answers: list[Change] = []
    for act, reply in view.verdict.replies:
        marker = answer_marker(act.id)
        told = outgoing([marker, "\n", "Untuk ", Untrusted(act.account), ": ", reply.id, "\n"])
        answers.append(Answer(view.place, marker, told))
    return answers


def _status(view: PolicyDeskView) -> PostStatus:
    verdict = view.verdict
    if verdict.problems:
        return _posted(view, "failed", "Tidak dapat berlaku")
    if verdict.admissible:
        return _posted(view, "success", f"Disetujui {OWNERS_NEEDED} pemilik")
    return _posted(view, "pending", "Menunggu persetujuan pemilik")


def _posted(view: PolicyDeskView, state: Literal["pending", "success", "failed"], said: str) -> PostStatus:
    return PostStatus(view.place.project_id, view.head_sha, CONTEXT, state, said, view.web_url)


# ---- the alarm


def alarm_card(marker: str, said: Bilingual) -> str:
    """What stands on the branch and is not in force."""
    todo = (
        "\n\nYang berlaku tetap kebijakan yang diputuskan terakhir. Bila perubahan itu dikehendaki: ajukan"
        f" dengan merge request, dan {OWNERS_NEEDED} pemilik menyetujuinya pada kartunya. Bila tidak:"
        " kembalikan isi cabang, dan periksa siapa yang mengubahnya.\n"
    )
    head = "\n### Kebijakan pada cabang utama belum berlaku\n\n"
    return outgoing([marker, head, Untrusted(said.id), todo])
