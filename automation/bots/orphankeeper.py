"""The orphankeeper: what is told and done where a case's issue was deleted, so that nobody is told in it.

A case outlives its issue and so do the name it holds and its application's record. What the termkeeper and
the inventory keeper say in an issue is said in an alarm of its own; what the policy says of a term's end
holds for it as for every other name, and nothing goes dark by surprise here either: the end is remembered as
announced once the alarm tells of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from automation.core.hosting_request import FOLDER
from automation.core.inventory import Record, attestation_due
from automation.core.memory import Memory
from automation.core.nameterm import (
    Stage,
    day_of,
    due_names,
    falls_on,
    notice_key,
    revocation_of,
    taken_down_now,
)
from automation.core.outputport import Untrusted, outgoing
from automation.core.plan import Change, Remember, RevokeOrphan
from automation.core.policy import HostingPolicy
from automation.core.text import Bilingual, indonesian_date

MAX_TOLD = 50
ATTESTATION = "attestation"
_TODO_NAMES = (
    "\nMenurunkan nama: Kepala Diskominfo menulis `@laik cabut <subdomain> <alasan>` pada issue kasus lain."
    " Memperpanjang memerlukan kasus: ajukan permohonan baru dengan nama lain; aplikasinya dapat dilanjutkan"
    " kasus baru dari perangkat daerah yang sama.\n"
)
_TODO_RECORDS = (
    "\nMenegaskan data aplikasi: periksa apakah masih benar, lalu ubah `ditegaskan_pada` menjadi tanggal hari"
    " ini, atau `status` menjadi `nonaktif`, dengan merge request pada proyek kendali.\n"
)


@dataclass(frozen=True, slots=True)
class Lost:
    """A case whose issue was deleted, and what its ledger remembers."""

    case: str
    memory: Memory


@dataclass(frozen=True, slots=True)
class Telling:
    """One line of the alarm: the file it is about, what is the matter, in which state, in words; hostile."""

    path: str
    kind: str
    seen: str
    text: Bilingual


def terms(lost: Lost, today: date, hosting: HostingPolicy) -> list[Telling]:
    """A line for each name of the case whose term is about to end or has ended."""
    return [
        Telling(path, stage, until, _term_words(lost, path, until, stage, today, hosting))
        for path, until, stage in due_names(lost.memory, today, hosting.pemberitahuan_hari)
    ]


def attestations(cases: frozenset[str], records: Mapping[str, Record | None], today: date) -> list[Telling]:
    """A line for each merged record of such a case that must be attested anew."""
    return [
        Telling(path, ATTESTATION, str(record.attested), _record_words(path, record))
        for path, record in sorted(records.items())
        if record is not None and record.case in cases and attestation_due(record, today)
    ]


def wishes(lost: Lost, today: date, hosting: HostingPolicy) -> list[Change]:
    """What the alarm now tells is remembered, once each; and what is over is taken down.

    A name that was taken down and not seen gone yet comes first: whatever cut that off is made good.
    """
    memory = lost.memory
    told: list[Change] = []
    ended: list[Change] = [RevokeOrphan(lost.case, path, {}) for path in memory.down]
    for path, until, stage in due_names(memory, today, hosting.pemberitahuan_hari):
        key = notice_key(path, until, stage)
        if key not in memory.answered:
            told.append(Remember("answered", {"about": key}))
        if taken_down_now(memory, path, until, today, hosting):
            ended.append(RevokeOrphan(lost.case, path, revocation_of(memory, path, until)))
    return [*told, *ended]


def tellings(
    lost: Sequence[Lost], records: Mapping[str, Record | None], today: date, hosting: HostingPolicy
) -> list[Telling]:
    """All that is told of these cases: names first, then records."""
    cases = frozenset(one.case for one in lost)
    return [
        *(line for one in lost for line in terms(one, today, hosting)),
        *attestations(cases, records, today),
    ]


def alarm_card(marker: str, told: Sequence[Telling]) -> str:
    """What ends, or is to be attested, and nobody can be told of in an issue; and what to do."""
    parts: list[str | Untrusted] = [
        marker,
        "\n### Nama dan data aplikasi dari kasus yang issue-nya dihapus\n\n",
        "Kasusnya tetap memegang yang berikut, dan pada issue-nya tidak ada lagi yang dapat diberi tahu:\n\n",
    ]
    parts.extend(_lines(one.text.id for one in told[:MAX_TOLD]))
    if len(told) > MAX_TOLD:
        parts.append(f"- dan {len(told) - MAX_TOLD} lagi\n")
    kinds = {one.kind for one in told}
    parts.append(_TODO_NAMES if kinds - {ATTESTATION} else "")
    parts.append(_TODO_RECORDS if ATTESTATION in kinds else "")
    parts.append("\nIssue ini ditutup laik sesudah semuanya diselesaikan.\n")
    return outgoing(parts)


def _lines(texts: Iterable[str]) -> Iterable[str | Untrusted]:
    return (part for text in texts for part in ("- ", Untrusted(text, limit=600), "\n"))


def _term_words(
    lost: Lost, path: str, until: str, stage: Stage, today: date, hosting: HostingPolicy
) -> Bilingual:
    name, end = path.removeprefix(FOLDER).removesuffix(".yaml"), day_of(until) or today
    ends = ("berlaku sampai", "is given until") if stage == "notice" else ("berakhir", "ended on")
    then = _then(lost.memory, path, until, hosting)
    return Bilingual(
        f"masa berlaku: nama {name}, kasus {lost.case}, {ends[0]} {indonesian_date(end)}. {then.id}",
        f"term: the name {name}, case {lost.case}, {ends[1]} {end}. {then.en}",
    )


def _then(memory: Memory, path: str, until: str, hosting: HostingPolicy) -> Bilingual:
    """What follows at the end, by the policy of today."""
    if hosting.saat_kedaluwarsa == "tandai":
        return Bilingual("Sesudahnya nama tetap tersaji.", "After that the name stays served.")
    falls = falls_on(memory, path, until, hosting.pemberitahuan_hari)
    if falls is None:
        days = hosting.pemberitahuan_hari
        return Bilingual(
            f"Sesudahnya laik menurunkan nama, paling cepat {days} hari sejak pemberitahuan ini.",
            f"After that laik takes the name down, no earlier than {days} days after this notice.",
        )
    return Bilingual(f"laik menurunkannya {indonesian_date(falls)}.", f"laik takes it down on {falls}.")


def _record_words(path: str, record: Record) -> Bilingual:
    last, case = record.attested, record.case
    if last is None:
        return Bilingual(
            f"data aplikasi: {path}, kasus {case}, 'ditegaskan_pada' kosong atau bukan tanggal.",
            f"record: {path}, case {case}, 'ditegaskan_pada' is empty or no date.",
        )
    return Bilingual(
        f"data aplikasi: {path}, kasus {case}, ditegaskan {indonesian_date(last)} menurut 'ditegaskan_pada'.",
        f"record: {path}, case {case}, attested {last} as 'ditegaskan_pada' has it.",
    )
