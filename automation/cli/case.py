"""``laik case``: list cases, show where one stands, and its history from the ledger."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import click

from automation.core.errors import LaikError

if TYPE_CHECKING:
    from automation.core.memory import Memory
    from automation.core.reconcile import Decision
    from automation.store.ledger import Entry
    from automation.wiring import Laik


@click.group()
def command() -> None:
    """Kasus: daftar, isi, riwayat."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def list_cases(as_json: bool) -> None:
    """Semua kasus pada buku besar."""
    from automation.core.memory import remember
    from automation.settings import from_environment
    from automation.store.open import open_store

    store = open_store(from_environment().store_url)
    try:
        memories = {key: remember(store.ledger.entries(key)) for key in store.ledger.cases()}
    finally:
        store.close()
    now = datetime.now(UTC)
    rows = [_row(key, memory, now) for key, memory in sorted(memories.items()) if memory.is_case]
    if as_json:
        click.echo(json.dumps(rows))
    elif not rows:
        click.echo("Belum ada kasus. Kasus lahir dari issue permohonan yang lengkap di proyek kendali.")
    for row in () if as_json else rows:
        told = f"{_in_words(row)}{_clock_words(row)}"
        click.echo(f"{row['key']}  {row['procedure']} {row['version']}  {told}")


@command.command()
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def show(key: str, as_json: bool) -> int:
    """Keadaan kasus KEY sekarang, dibaca ulang dari forge."""
    from automation.core.memory import remember
    from automation.settings import from_environment
    from automation.wiring import build

    laik = build(from_environment())
    try:
        decision = laik.reconciler.decision(key)
        memory = remember(laik.store.ledger.entries(key))
        facts = decision.observation.hosting if decision else None
        pressed = laik.forge.list_approvals(facts.project_id, facts.iid) if facts else ()
    finally:
        laik.close()
    if decision is None and memory.is_case:
        row = _row(key, replace(memory, issue_gone=True), datetime.now(UTC))
        click.echo(json.dumps(row) if as_json else f"{key}: {_in_words(row)}")
        return 0
    if decision is None:
        click.echo(f"{key} bukan kasus: issue tidak ada atau permohonannya belum lengkap.", err=True)
        return 1
    record = {**_state(decision), "forge_approvals": [one.user.username for one in pressed]}
    click.echo(json.dumps(record) if as_json else _readable(record))
    return 0


@command.command()
@click.argument("key")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def timeline(key: str, as_json: bool) -> int:
    """Riwayat kasus KEY dari buku besar: rantai, tanda tangan, dan komentar yang diubah sesudahnya."""
    from automation.core.memory import remember
    from automation.settings import from_environment
    from automation.wiring import build

    laik = build(from_environment())
    try:
        entries, broken = laik.store.ledger.entries(key), laik.store.ledger.verify(key)
        signed = {row.seq for row in laik.store.signatures.rows(key)}
        comments, problem = _comments(laik, key, remember(entries)) if entries else ({}, None)
    finally:
        laik.close()
    if not entries:
        click.echo(f"Tidak ada catatan untuk {key}.", err=True)
        return 1
    if as_json:
        listed = [
            {
                "seq": one.seq,
                "kind": one.kind,
                "at": one.at.isoformat(),
                "digest": one.digest,
                "body": dict(one.body),
                "signed": one.seq in signed,
                "comment": comments.get(one.seq),
            }
            for one in entries
        ]
        click.echo(json.dumps({"key": key, "broken_at": broken, "entries": listed}))
    for one in () if as_json else entries:
        click.echo(_entry_line(one, signed=one.seq in signed, comment=comments.get(one.seq)))
    if problem is not None:
        click.echo(f"Komentar tidak dapat dilihat: {problem.explain('id')}", err=True)
    if broken is not None:
        click.echo(f"Rantai putus pada catatan {broken}.", err=True)
        return 1
    return 0


@command.command()
@click.argument("key")
@click.option("--to", "version", metavar="VERSI", help="Versi tujuan; bawaan: yang terbaru.")
@click.option("--dry-run", is_flag=True, help="Tunjukkan saja; tidak ada yang ditawarkan.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def migrate(key: str, version: str | None, *, dry_run: bool, as_json: bool) -> int:
    """Tawarkan pindah versi SOP bagi kasus KEY; yang berwenang memutuskannya pada kartunya."""
    from automation.migrating import offer_migration
    from automation.settings import from_environment
    from automation.wiring import build

    laik = build(from_environment())
    try:
        planned, written = offer_migration(laik, key, version, dry_run=dry_run)
    finally:
        laik.close()
    record = {
        "key": key,
        "version": planned.version,
        "kept": planned.kept,
        "anew": planned.anew,
        "added": planned.added,
        "dropped": planned.dropped,
        "offered": written,
    }
    if as_json:
        click.echo(json.dumps(record))
        return 0
    for word, keys in (
        ("tetap selesai", planned.kept),
        ("diulang", planned.anew),
        ("baru", planned.added),
        ("tidak ada lagi", planned.dropped),
    ):
        click.echo(f"{word}: {', '.join(keys) or '-'}")
    if written:
        click.echo(f"Ditawarkan pada kartu {key}: yang berwenang menempelkan baris yang ada di sana.")
    else:
        click.echo("Tidak ada yang ditulis.")
    return 0


def _comments(laik: Laik, key: str, memory: Memory) -> tuple[dict[int, str], LaikError | None]:
    """What became of the comment behind each act, by entry; the ledger is told without a forge too."""
    from automation.core.comments import seen_acts
    from automation.observe.comments import read_comments
    from automation.observe.keys import issue_number

    if not memory.acts:
        return {}, None
    try:
        office = laik.office.read(secret=False)
        now = read_comments(laik.forge, office, issue_number(key), memory)
    except LaikError as problem:
        return {}, problem
    return {one.act.seq: one.state for one in seen_acts(memory.acts, now)}, None


def _entry_line(one: Entry, *, signed: bool, comment: str | None) -> str:
    """One entry; its time is the ledger's own, in UTC, since without the forge no office's zone is known."""
    told = f"  [komentar {comment.upper()}]" if comment in {"disunting", "dihapus"} else ""
    mark = "*" if signed else " "
    return f"{one.seq:4d}{mark} {one.at:%Y-%m-%d %H:%MZ}  {one.kind:<15} {_entry_word(one)}{told}"


def _entry_word(one: Entry) -> str:
    """What of it a person looks for: the step and how an act was ruled, whose turn it became, the file."""
    from automation.core.clockreport import turn_words
    from automation.core.dossier_page import ruling_words, step_words
    from automation.core.remembered import capacity_words

    body = {name: str(value) for name, value in one.body.items()}
    match one.kind:
        case "act":
            who = f"{body.get('account', '')}{capacity_words(body.get('capacity', ''))}"
            told = f"{ruling_words(body.get('ruling', ''))}, akun {who}"
            return ": ".join(filter(None, (step_words(body.get("step", "")), told)))
        case "turn" if body.get("step"):
            return f"{body['step']}: giliran {turn_words(body.get('turn', ''))}"
        case "life":
            return f"{body.get('state', '')} {body.get('other', '')}".strip()
        case "issue_gone":
            return "issue dihapus" if one.body.get("gone") else "issue ada lagi"
        case "answered":
            return body.get("about", "")
        case _:
            return body.get("step") or body.get("kind") or body.get("path") or ""


def _row(key: str, memory: Memory, now: datetime) -> dict[str, Any]:
    from automation.core.clock import state_at
    from automation.core.life import life_of

    turn = memory.turns[-1] if memory.turns and not memory.finished else None
    return {
        "key": key,
        "procedure": memory.procedure,
        "version": memory.version,
        "closed": len(memory.closed),
        "finished": memory.finished,
        "state": "issue_dihapus" if memory.issue_gone else life_of(memory).word,
        "other": life_of(memory).other,
        "names": _names(memory),
        "step": turn.step if turn else None,
        "turn": turn.turn if turn else None,
        "due": turn.due.isoformat() if turn and turn.due else None,
        "clock": state_at(turn, now),
    }


def _names(memory: Memory) -> list[dict[str, str]]:
    """Names that are served, with the last day of their term."""
    return [{"name": PurePath(path).stem, "until": held.until} for path, held in memory.names.items()]


def _in_words(row: dict[str, Any]) -> str:
    """What a list says of one case."""
    state = "selesai" if row["finished"] else f"berjalan, {row['closed']} langkah pernah selesai"
    words = {
        "ditarik": "ditarik",
        "duplikat": f"duplikat {row['other']}",
        "ditunda": f"ditunda, {row['closed']} langkah pernah selesai",
        "issue_ditutup": "berhenti: issue ditutup",
        "issue_dihapus": f"{state}; issue dihapus",
    }
    told = words.get(row["state"], state)
    names = [f"{one['name']}{' s.d. ' + one['until'] if one['until'] else ''}" for one in row["names"]]
    return f"{told}; menyajikan {', '.join(names)}" if names else told


def _clock_words(row: dict[str, Any]) -> str:
    from automation.core.clockreport import VERDICTS, turn_words

    if row["finished"] or row["step"] is None:
        return ""
    clock = VERDICTS[row["clock"]] if row["clock"] else "jam tidak berjalan"
    return f"; {row['step']}: giliran {turn_words(row['turn'])}, {clock}"


def _state(decision: Decision) -> dict[str, Any]:
    open_state = decision.state.open
    return {
        "key": decision.observation.key,
        "sop": decision.procedure.id,
        "steps_done": decision.state.done,
        "steps_total": len(decision.procedure.steps),
        "open": open_state.step.key if open_state else None,
        "state": decision.life.word,
        "other": decision.life.other,
        "finished": decision.memory.finished,
        "closed": len(decision.memory.closed),
        "names": _names(decision.memory),
        "findings": [
            {"check": one.check, "outcome": str(one.outcome), "seen": one.seen.id, "remedy": one.remedy.id}
            for one in (open_state.findings if open_state else ())
        ],
        **_clock(decision),
    }


def _clock(decision: Decision) -> dict[str, Any]:
    from automation.core.clock import state_at
    from automation.core.clockreport import step_times
    from automation.core.memory import with_turn

    turn, now = decision.turn, decision.observation.now
    turns = with_turn(decision.memory.turns, turn) if turn else ()
    calendar, finished = decision.observation.rules.calendar, decision.memory.finished
    local = calendar.local
    return {
        "turn": turn.turn if turn else None,
        "since": local(turn.since).isoformat() if turn else None,
        "due": local(turn.due).isoformat() if turn and turn.due else None,
        "clock": state_at(turn, now),
        "calendar": calendar.digest,
        "days": decision.observation.rules.days,
        "steps": [
            {
                "step": one.step,
                "number": one.number,
                "target": one.target.iso,
                "target_max": one.target.iso_max,
                "worked_minutes": int(one.worked.total_seconds()) // 60,
                "visits": one.visits,
                "due": local(one.due).isoformat() if one.due else None,
                "verdict": one.verdict,
            }
            for one in step_times(decision.procedure, turns, calendar, now, finished=finished)
        ],
    }


def _readable(record: dict[str, Any]) -> str:
    lines = [f"{record['key']}: {record['steps_done']} dari {record['steps_total']} langkah selesai"]
    if record["state"] != "berjalan" or record["names"]:
        lines.append(_in_words(record))
    if record["open"]:
        lines.append(f"terbuka: {record['open']}")
    lines += [f"  {one['outcome']:<8} {one['check']}: {one['seen']}" for one in record["findings"]]
    lines += _clock_lines(record)
    if record["forge_approvals"]:
        # People press it all the same, and then wonder; only what was shown on the card binds.
        lines.append(
            f"tombol setuju forge ditekan oleh {', '.join(record['forge_approvals'])}: tidak dihitung,"
            " tempelkan perintah pada kartu permintaan hosting"
        )
    return "\n".join(lines)


def _clock_lines(record: dict[str, Any]) -> list[str]:
    """Whose turn it is and until when; then, for each step reached, its target and what it took."""
    from automation.core.clockreport import VERDICTS, duration_words, turn_words, worked_words
    from automation.core.procedure_model import Duration

    lines: list[str] = []
    if record["open"] and record["turn"]:
        due = f"tenggat {_when(record['due'])}" if record["due"] else "tanpa tenggat"
        state = f", {VERDICTS[record['clock']]}" if record["clock"] else ""
        lines.append(f"giliran {turn_words(record['turn'])} sejak {_when(record['since'])}; {due}{state}")
    if record["steps"]:
        lines.append(f"  No  {'Langkah':<31}  {'Target':<19}  {'Realisasi':<19}  Keadaan")
    for one in record["steps"]:
        stated = Duration(raw=None, iso=one["target"], iso_max=one["target_max"])
        target = duration_words(stated, record["days"])
        worked = worked_words(timedelta(minutes=one["worked_minutes"]))
        again = f" ({one['visits']} kali)" if one["visits"] > 1 else ""
        lines.append(
            f"  {one['number']:>2}  {one['step']:<31}  {target:<19}  {worked:<19}  "
            f"{VERDICTS[one['verdict']]}{again}"
        )
    return lines


def _when(text: str) -> str:
    """A moment by the office's wall clock."""
    return f"{datetime.fromisoformat(text):%d-%m-%Y %H:%M}"
