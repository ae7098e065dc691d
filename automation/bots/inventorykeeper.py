"""The inventory keeper: a finished case's application in the inventory, and a word when a year is over."""

from __future__ import annotations

from automation.bots.desk import Desk, answer_marker
from automation.core.inventory import Facts, attestation_due, served_as, written
from automation.core.outputport import outgoing
from automation.core.plan import Answer, Change, ProposeFile, Remember
from automation.core.text import indonesian_date
from automation.core.workcalendar import WorkCalendar


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
    if desk.decision.memory.inventory == facts.digest:
        return []
    before = desk.decision.observation.inventory_text
    text = written(before, facts, desk.decision.observation.today)
    if text is None:
        return []  # people broke their file; it is proposed again once they mended it
    known = Remember("inventory", {"path": facts.path, "digest": facts.digest})
    if before is not None and text.encode() == before:
        return [known]
    branch = f"{facts.path.removesuffix('.yaml')}-{facts.digest[:8]}"
    title = f"Inventaris: {facts.slug} ({desk.key})"
    return [
        ProposeFile(desk.decision.observation.place.project_id, branch, facts.path, text, title, known.body)
    ]


def _notice(desk: Desk, facts: Facts) -> list[Change]:
    observation = desk.decision.observation
    due = attestation_due(observation.inventory_text or b"", observation.today)
    if due is None or due[0] != desk.key:
        return []
    marker = answer_marker(f"tegas:{facts.slug}:{due[1]}")
    told = (
        f"\n{desk.key}: data aplikasi pada `{facts.path}` terakhir ditegaskan {indonesian_date(due[1])}."
        " Periksa apakah masih benar, lalu ubah `ditegaskan_pada` dengan merge request pada proyek kendali.\n"
    )
    return [Answer(observation.place, marker, outgoing([marker, told]))]
