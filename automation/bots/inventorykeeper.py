"""The inventory keeper: a finished case's application in the inventory, and a word when a year is over."""

from __future__ import annotations

from datetime import date, timedelta

from automation.bots.desk import Desk, answer_marker
from automation.core.inventory import (
    EVERY_DAYS,
    WAIT_DAYS,
    Facts,
    attestation_due,
    read_record,
    served_as,
    written,
)
from automation.core.life import INVENTORY_WORD
from automation.core.memory import INVENTORY, Memory
from automation.core.outputport import outgoing
from automation.core.plan import Answer, Change, ProposeFile, Remember
from automation.core.policy import digest_of
from automation.core.text import indonesian_date
from automation.core.workcalendar import WorkCalendar

ASKED = "tegas:"
"""What the keys of notices about an application's record start with."""
AGAIN = f"@laik ajukan {INVENTORY_WORD}"


def wishes(desk: Desk) -> list[Change]:
    """A merge request with the application's file when what laik knows has changed; a yearly notice."""
    if not desk.decision.memory.finished or desk.request is None or desk.decision.observation.passed_on:
        return []
    facts = facts_of(desk)
    return [*_proposal(desk, facts), *_notice(desk, facts)] if facts is not None else []


def facts_of(desk: Desk) -> Facts | None:
    """What laik's records say of the application."""
    memory, observation, request = desk.decision.memory, desk.decision.observation, desk.request
    if request is None:
        return None
    name, upstream = served_as(observation.admitted_text)
    accepted, zone = memory.accepted_at, desk.policy.organisasi.zona_waktu
    gone = bool(memory.admissions) and not memory.names
    return Facts(
        slug=request.slug,
        nama=request.nama_aplikasi,
        perangkat_daerah=observation.agency,
        penanggung_jawab=request.penanggung_jawab,
        fungsi=request.ringkasan,
        kasus=desk.key,
        sop=desk.decision.procedure.id,
        tahun=(WorkCalendar(zone).day_of(accepted) if accepted else observation.today).year,
        status="nonaktif" if gone else "aktif",
        url=name,
        lokasi_hosting=upstream,
        sha=memory.admitted.sha if memory.admitted else "",
    )


def _proposal(desk: Desk, facts: Facts) -> list[Change]:
    again = _wished_again(desk.decision.memory)
    if desk.decision.memory.inventory == facts.digest and not again:
        return []
    before = desk.decision.observation.inventory_text
    text = written(before, facts, desk.decision.observation.today)
    if text is None:
        return []  # people broke their file; it is proposed again once they mended it
    known = Remember("inventory", {"path": facts.path, "digest": facts.digest})
    if before is not None and text.encode() == before:
        return [known]
    # What is said again after something else was merged in between is a proposal of its own.
    content = facts.digest if before is None else digest_of([facts.digest, before.decode()])
    stem = f"{facts.path.removesuffix('.yaml')}-{content[:8]}"
    branch = f"{stem}-{again}" if again else stem
    title = f"Inventaris: {facts.slug} ({desk.key})"
    project = desk.decision.observation.place.project_id
    return [ProposeFile(project, branch, facts.path, text, title, known.body, stem)]


def _wished_again(memory: Memory) -> int:
    """The number of the wish that the record be proposed once more; 0 where none waits.

    Only people's word makes another request: one that they closed does not come back by itself.
    """
    wishes = [act for act in memory.acts if act.step == INVENTORY and act.ruling == "noted"]
    return len(wishes) if any(act.seq > memory.inventory_seq for act in wishes) else 0


def _notice(desk: Desk, facts: Facts) -> list[Change]:
    text, today = desk.decision.observation.inventory_text, desk.decision.observation.today
    record = read_record(text) if text is not None else None
    if text is None:
        return _unmerged(desk, facts, "belum-ada", "belum ada pada cabang utama proyek kendali")
    if record is None:
        return _once_a_year(desk, facts, "tak-terbaca", today, _unreadable(facts))
    if record.case != desk.key or not attestation_due(record, today):
        differs = record.active and facts.status == "nonaktif"
        words = "masih menyebut aplikasi ini aktif, padahal namanya sudah tidak tersaji"
        return _unmerged(desk, facts, "masih-aktif", words) if differs else []
    if record.attested is None or record.attested > today:
        return _once_a_year(desk, facts, "tanpa-tanggal", today, _undated(facts))
    marker = answer_marker(f"{ASKED}{facts.slug}:{record.attested}")
    return [_asked(desk, marker, _dated(facts, record.attested))]


def _unmerged(desk: Desk, facts: Facts, about: str, words: str) -> list[Change]:
    """A proposal that people let lie, or closed, for a month: they may have meant to, so they are asked."""
    proposed = desk.decision.memory.inventory_at
    if proposed is None:
        return []
    told = (
        f"`{facts.path}` {words}; laik mengajukannya {indonesian_date(proposed.date())}. Gabungkan merge"
        f" request-nya bila masih terbuka. Bila sudah ditutup, minta diajukan sekali lagi: `{AGAIN}`."
    )
    return _once_a_year(desk, facts, about, proposed.date() + timedelta(days=WAIT_DAYS), told)


def _once_a_year(desk: Desk, facts: Facts, about: str, first: date, told: str) -> list[Change]:
    """What stays wrong until people mend it: told from the day ``first``, and every year while it lasts.

    The number in the marker moves only once a notice is remembered, so that one which was cut off is found.
    """
    family = f"{ASKED}{facts.slug}:{about}:"
    given = [at for key, at in desk.decision.memory.noticed.items() if key.startswith(family)]
    due = max(given).date() + timedelta(days=EVERY_DAYS) if given else first
    if desk.decision.observation.today < due:
        return []
    return [_asked(desk, answer_marker(f"{family}{len(given)}"), told)]


def _asked(desk: Desk, marker: str, told: str) -> Answer:
    return Answer(desk.decision.observation.place, marker, outgoing([marker, f"\n{desk.key}: {told}\n"]))


def _dated(facts: Facts, last: date) -> str:
    return (
        f"data aplikasi pada `{facts.path}` terakhir ditegaskan {indonesian_date(last)}."
        " Periksa apakah masih benar, lalu ubah `ditegaskan_pada` dengan merge request pada proyek kendali."
    )


def _unreadable(facts: Facts) -> str:
    return (
        f"`{facts.path}` pada cabang utama proyek kendali tidak dapat dibaca sebagai YAML, jadi laik tidak"
        " memperbaruinya dan tidak tahu kapan ditegaskan. Perbaiki berkasnya dengan merge request, atau hapus"
        f" dan minta diajukan sekali lagi: `{AGAIN}`."
    )


def _undated(facts: Facts) -> str:
    return (
        f"kapan data aplikasi pada `{facts.path}` terakhir ditegaskan tidak dapat dibaca: `ditegaskan_pada`"
        " kosong, bukan tanggal, atau di masa depan. Periksa apakah datanya masih benar, lalu isi"
        " `ditegaskan_pada` dengan tanggal hari ini (seperti `2027-03-01`) dengan merge request pada proyek"
        " kendali."
    )
