"""``laik hosting``: validate a request file, plan and apply what is served.

``apply`` is a process of its own: it reads the ledger and a git mirror, holds rights on the zone and web
server folders, and has no forge token; the web process has neither.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from automation.core.text import Bilingual

if TYPE_CHECKING:
    from datetime import date

    from automation.admission import Admissions
    from automation.core.hosting import Deviation
    from automation.core.policy import Policy
    from automation.targets.apply import Quarantined, TargetPlan
    from automation.targets.nginx import NginxOptions
    from automation.targets.serve import Admitted, ServeResult

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(help="Permintaan hosting: periksa, rencana, terapkan.")
def command() -> None:
    """Hosting requests."""


@command.command()
@click.argument("file", type=_FILE)
@click.option("--policy", "policy_file", type=_FILE, required=True, help="laik.yaml yang menilainya.")
@click.option("--json", "as_json", is_flag=True, help="Keluaran JSON.")
def validate(file: Path, policy_file: Path, as_json: bool) -> None:
    """Periksa satu berkas permohonan/<nama>.yaml (nama berkas = nama yang diminta)."""
    from automation.core.hosting import FOLDER, read_request

    policy = _read_policy(policy_file)
    read = read_request(file.read_bytes(), f"{FOLDER}{file.name}", policy=policy)
    tls = policy.hosting.pair_for(read.induk) is not None
    if as_json:
        named = {"name": read.fqdn, "path": read.path, "case": read.kasus, "sha": read.sha}
        _print_json({"ok": True, **named, "tls": tls})
    else:
        click.echo(f"{read.path}: baik; {read.fqdn} untuk kasus {read.kasus}, commit {read.sha[:12]}.")
        _print_plain_http(() if tls else (read.induk,))


def _world_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options that ``plan`` and ``apply`` share."""
    options = [
        click.option(
            "--ledger",
            required=True,
            envvar="LAIK_STORE",
            show_envvar=True,
            help="URL basis data buku besar; tanpa opsi ini dibaca dari lingkungan.",
        ),
        click.option("--mirror", type=_FOLDER, required=True, help="Cermin git (bare) proyek hosting."),
        click.option("--branch", default="main", show_default=True, help="Cabang terlindungnya."),
        click.option("--policy", "policy_file", type=_FILE, required=True, help="laik.yaml yang berlaku."),
        click.option("--out", type=_FOLDER, required=True, help="Folder rilis; 'current' yang disajikan."),
        click.option("--http-port", default=80, show_default=True, help="Porta HTTP nginx."),
        click.option("--https-port", default=443, show_default=True, help="Porta HTTPS nginx."),
        click.option("--listen", "address", default="", help="Alamat yang didengar nginx; kosong = semua."),
        click.option(
            "--keyring",
            type=_FILE,
            envvar="LAIK_KEYRING",
            help="Gelang kunci: hanya entri bertanda tangan yang disajikan.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Keluaran JSON."),
    ]
    for option in reversed(options):
        function = option(function)
    return function


@command.command()
@_world_options
def plan(
    ledger: str,
    mirror: Path,
    branch: str,
    policy_file: Path,
    out: Path,
    http_port: int,
    https_port: int,
    address: str,
    keyring: Path | None,
    as_json: bool,
) -> None:
    """Tunjukkan apa yang akan berubah; tidak menulis apa pun yang disajikan."""
    from automation.admission import hold_policy
    from automation.core.certificates import plain_http
    from automation.targets.limits import hold_limits
    from automation.targets.serve import plan_admitted

    content = policy_file.read_bytes()
    policy = _policy_in(content, policy_file)
    options = _nginx_options(http_port, https_port, address)
    admissions = _admissions(ledger, keyring, out, as_json=as_json)
    hold_policy(admissions, content, policy_file)
    planned, admitted = plan_admitted(
        admissions.rows,
        mirror,
        branch,
        policy,
        out,
        _today(policy),
        options=options,
        released=admissions.released,
    )
    left_out = (*_unsigned(admissions), *admitted.quarantined, *planned.quarantined)
    if as_json:
        _print_json(_plan_record(planned, admitted, left_out) | _tls_record(policy))
    else:
        for word, names in (("+", planned.added), ("-", planned.removed), ("~", planned.altered)):
            for name in names:
                click.echo(f"{word} {name}")
        _print_troubles(admitted.deviations, left_out)
        _print_plain_http(plain_http(policy.hosting))
        click.echo("Ada perubahan." if planned.changed else "Tidak ada perubahan.")
    # The plan fails where the apply would: a look that is always green would be worth nothing.
    hold_limits(planned.removals)
    if left_out:
        raise click.exceptions.Exit(1)


@command.command()
@_world_options
@click.option("--allow-removals", default=0, help="Boleh mencabut sebanyak ini melampaui batas.")
@click.option("--allow-empty", is_flag=True, help="Boleh mencabut semuanya.")
def apply(
    ledger: str,
    mirror: Path,
    branch: str,
    policy_file: Path,
    out: Path,
    http_port: int,
    https_port: int,
    address: str,
    keyring: Path | None,
    as_json: bool,
    allow_removals: int,
    allow_empty: bool,
) -> None:
    """Sajikan himpunan yang telah diputuskan, apa pun isi cabangnya."""
    from automation.admission import hold_policy, remember
    from automation.core.certificates import plain_http
    from automation.targets.serve import serve_admitted

    content = policy_file.read_bytes()
    policy = _policy_in(content, policy_file)
    admissions = _admissions(ledger, keyring, out, as_json=as_json)
    hold_policy(admissions, content, policy_file)
    remember(admissions, out=out)
    result = serve_admitted(
        admissions.rows,
        mirror,
        branch,
        policy,
        out,
        _today(policy),
        options=_nginx_options(http_port, https_port, address),
        allow_removals=allow_removals,
        allow_empty=allow_empty,
        released=admissions.released,
    )
    left_out = (*_unsigned(admissions), *result.quarantined)
    if as_json:
        _print_json(_result_record(result, left_out) | _tls_record(policy))
    else:
        applied = result.applied
        _print_troubles(result.deviations, left_out)
        _print_plain_http(plain_http(policy.hosting))
        state = "Diterapkan" if applied.changed else "Tidak ada perubahan"
        click.echo(
            f"{state}: {len(applied.names)} nama, serial {applied.serial}, rilis {applied.digest[:12]};"
            f" diperiksa oleh {', '.join(applied.checkers)}."
        )
    if left_out:
        raise click.exceptions.Exit(1)


def _admissions(ledger: str, keyring: Path | None, out: Path, *, as_json: bool) -> Admissions:
    """What may be served. A ledger that does not hold is told to whoever reads the JSON, to be alarmed."""
    from automation.admission import read_admissions
    from automation.core.attest import BadSignature
    from automation.store.open import open_store

    store = open_store(ledger)
    try:
        return read_admissions(store, keyring, out=out)
    except BadSignature as problem:
        if as_json:
            place = str(problem.where)
            _print_json({"broken": {"where": place, "text": _both(problem.message)}})
        raise
    finally:
        store.close()


def _unsigned(admissions: Admissions) -> tuple[Quarantined, ...]:
    from automation.admission import unsigned_reason
    from automation.targets.apply import Quarantined

    return tuple(
        Quarantined(str(link.content.get("path", "")), unsigned_reason(link)) for link in admissions.waiting
    )


def _read_policy(file: Path) -> Policy:
    return _policy_in(file.read_bytes(), file)


def _policy_in(content: bytes, file: Path) -> Policy:
    from automation.core.policy import load_policy

    return load_policy(content, path=file.name)


def _today(policy: Policy) -> date:
    """The date in the organisation's own time zone: a zone's serial is read by people there."""
    return policy.day_of(datetime.now(UTC))


def _nginx_options(http_port: int, https_port: int, address: str) -> NginxOptions:
    from automation.targets.nginx import NginxOptions

    return NginxOptions(http_port=http_port, https_port=https_port, address=address)


def _plan_record(
    planned: TargetPlan, admitted: Admitted, left_out: tuple[Quarantined, ...]
) -> dict[str, Any]:
    return {
        "changed": planned.changed,
        "added": planned.added,
        "removed": planned.removed,
        "altered": planned.altered,
        "digest": planned.manifest.digest,
        "serials": dict(planned.manifest.serials),
        "checkers": planned.manifest.checkers,
        "deviations": [_deviation_record(one) for one in admitted.deviations],
        "quarantined": [_quarantined_record(one) for one in left_out],
    }


def _tls_record(policy: Policy) -> dict[str, Any]:
    """Whether every name is served over HTTPS, and the parent domains whose names are not."""
    from automation.core.certificates import plain_http

    without = plain_http(policy.hosting)
    return {"tls": not without, "http_only": without}


def _result_record(result: ServeResult, left_out: tuple[Quarantined, ...]) -> dict[str, Any]:
    applied = result.applied
    return {
        "changed": applied.changed,
        "names": applied.names,
        "removed": applied.removed,
        "digest": applied.digest,
        "serial": applied.serial,
        "serials": dict(applied.serials),
        "checkers": applied.checkers,
        "deviations": [_deviation_record(one) for one in result.deviations],
        "quarantined": [_quarantined_record(one) for one in left_out],
    }


def _deviation_record(one: Deviation) -> dict[str, Any]:
    return {
        "path": one.path,
        "kind": one.kind,
        "expected_blob": one.expected_blob,
        "seen_blob": one.seen_blob,
        "text": _both(one.text),
    }


def _quarantined_record(one: Quarantined) -> dict[str, Any]:
    return {"path": one.path, "reason": _both(one.reason)}


def _both(text: Bilingual) -> dict[str, str]:
    return {"id": text.id, "en": text.en}


def _print_plain_http(parents: tuple[str, ...]) -> None:
    from automation.core.certificates import told_plain_http

    if parents:
        click.echo(told_plain_http(parents).id)


def _print_troubles(deviations: tuple[Deviation, ...], quarantined: tuple[Quarantined, ...]) -> None:
    for deviation in deviations:
        click.echo(f"PENYIMPANGAN {_plain(deviation.text.id)}", err=True)
    for one in quarantined:
        click.echo(f"DIKARANTINA {_plain(one.path)}: {_plain(one.reason.id)}", err=True)


def _plain(text: str) -> str:
    """One line for a terminal: paths from a hostile branch may carry escape sequences."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _print_json(record: dict[str, Any]) -> None:
    click.echo(json.dumps(record, ensure_ascii=True))
