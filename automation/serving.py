"""Serving: run the apply process over the admitted set, read names back, raise the alarm on deviations.

Apply is a process of its own. It is given the ledger, a mirror, the policy and the output folder, and an
environment without the forge's token, so that what publishes names cannot speak to the forge, and what
speaks to the forge holds no rights on zones.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from automation.alarm import MAX_TOLD, Alarm, AlarmBell, Deviating
from automation.bots.desk import card_marker
from automation.childprocess import ran, scrubbed
from automation.core.errors import CheckFailed, Where
from automation.core.hosting_admitted import deviations
from automation.core.outputport import Untrusted, outgoing
from automation.core.text import Bilingual
from automation.forges.base import Forge
from automation.keys import SERVING
from automation.observe.office import Office, OfficeReader
from automation.settings import Settings
from automation.store.open import Store
from automation.targets.mirror import read_branch
from automation.targets.readback import Question, ReadBack, read_back, read_gone
from automation.targets.release import read_manifest

APPLY_SECONDS = 300
RELOAD_SECONDS = 60
READ_BACK_TRIES = 40
READ_BACK_PAUSE_SECONDS = 0.25
BELL = AlarmBell(SERVING, "sajian", "Penyimpangan pada proyek hosting")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the apply process and the read-back answered for one name."""

    serial: int
    digest: str
    proven: bool
    checkers: tuple[str, ...]
    read: ReadBack

    @property
    def problem(self) -> Bilingual:
        """Why the name is not proven."""
        told = self.read.problems
        return Bilingual(" ".join(one.id for one in told), " ".join(one.en for one in told))


class LedgerBroken(CheckFailed):
    """Apply found that the ledger does not hold against its signatures; it names the entry."""

    def as_deviating(self) -> Deviating:
        """As a line of the alarm."""
        place = str(self.where)
        told = Bilingual(f"{place}: {self.message.id}", f"{place}: {self.message.en}")
        return Deviating(place, "quarantined", "", told)


class Serving:
    """Publishes the admitted set and keeps an eye on who goes around it."""

    def __init__(
        self,
        settings: Settings,
        forge: Forge,
        store: Store,
        office: OfficeReader,
        *,
        now: Callable[[], datetime],
        sign: Callable[[], None] = lambda: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Nothing is done yet; ``sign`` has the entries signed that apply is about to read."""
        self._settings = settings
        self._sign = sign
        self._forge = forge
        self._store = store
        self._office = office
        self._now = now
        self._sleep = sleep
        self._alarm = Alarm(forge, store.ledger, BELL, now=now)
        self.last_checkers: tuple[str, ...] = ()
        self.last_read: ReadBack | None = None

    def serve(self, path: str, *, gone: bool = False) -> Outcome:
        """Apply, then read the name of the request file at ``path`` back; ``gone``: as served no more.

        Raises:
            CheckFailed: the apply process said no; the last good state stays served.
        """
        office = self._office.read(secret=False)
        answer = self._apply(office)
        look = self._read_gone if gone else self._read_back
        read = look(path)
        if not read.ok and self._settings.reload and not answer["changed"]:
            self._reload()  # it was published before, and the reload then failed or was cut off
            read = look(path)
        self.last_read = read
        self.last_checkers = tuple(sorted({*answer["checkers"], *read.checkers}))
        # What was left out may still be served as it was before, which proves nothing of the last decision.
        left_out = not gone and any(one["path"] == path for one in answer["quarantined"])
        if left_out:
            read = replace(read, problems=(*read.problems, *_reasons(answer["quarantined"], path)))
        proven = read.ok and not left_out
        return Outcome(int(answer["serial"]), str(answer["digest"]), proven, self.last_checkers, read)

    def check(self) -> None:
        """Apply (which changes nothing when nothing changed) and make the alarm say what deviates.

        While nothing is admitted nothing is served, but a file that somebody pushed is alarmed all the same.
        """
        office = self._office.read(secret=False)
        if self._store.ledger.admitted() or self._store.ledger.released():
            answer = self._apply_or_alarm(office)
            left_out = map(_left_out, answer["quarantined"])
            self._tell(office, [*map(_deviating, answer["deviations"]), *left_out])
        else:
            tip = read_branch(office.hosting_mirror.folder, office.hosting.default_branch)
            found = deviations({}, tip or {})
            self._tell(office, [Deviating(one.path, one.kind, one.seen_blob, one.text) for one in found])

    def _apply_or_alarm(self, office: Office) -> Mapping[str, Any]:
        """A ledger that was tampered with is no less an alarm than a branch that was."""
        try:
            return self._apply(office)
        except LedgerBroken as problem:
            self._tell(office, [problem.as_deviating()])
            raise

    def _tell(self, office: Office, deviating: list[Deviating]) -> None:
        self._alarm.tell(office, deviating, alarm_card(deviating))

    def _apply(self, office: Office) -> Mapping[str, Any]:
        self._sign()
        policy = self._office.in_force.copy  # reading the office has just held it to the ledger
        program = self._settings.apply or (sys.executable, "-m", "automation", "hosting", "apply")
        command = [
            *program, "--json",
            "--mirror", str(office.hosting_mirror.folder),
            "--branch", office.hosting.default_branch,
            "--policy", str(policy),
            "--out", str(self._settings.out),
            "--http-port", str(self._settings.http_port),
            "--https-port", str(self._settings.https_port),
            "--listen", self._settings.listen,
            *(("--keyring", str(self._settings.keyring)) if self._settings.keyring else ()),
        ]  # fmt: skip
        # The database URL may hold a password: everybody on the machine can read arguments.
        environment = {**scrubbed(), "LAIK_STORE": self._settings.store_url}
        done = ran(command, APPLY_SECONDS, environment, _refused)
        lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
        answer = _parsed(lines[-1]) if lines else None
        if answer is not None and "broken" in answer:
            raise _broken_ledger(answer["broken"])
        if answer is None:
            raise _refused(done.stderr.decode("utf-8", "replace"))
        if answer["changed"] and self._settings.reload:
            self._reload()
        return answer

    def _reload(self) -> None:
        done = ran(self._settings.reload, RELOAD_SECONDS, scrubbed(), _refused)
        if done.returncode != 0:
            raise _refused(done.stderr.decode("utf-8", "replace"))

    def _read_back(self, path: str) -> ReadBack:
        manifest = read_manifest(self._settings.out)
        label = Path(path).stem
        names = [one.fqdn for one in manifest.names] if manifest else []
        name = next((one for one in names if one.partition(".")[0] == label), label)
        return self._asked(name, read_back)

    def _read_gone(self, path: str) -> ReadBack:
        """Every full name that was ever served from ``path`` here, each asked for in vain."""
        return self._asked(path, read_gone)

    def _asked(self, about: str, question: Question) -> ReadBack:
        settings = self._settings
        read = question(about, dns_server=settings.dns, http=settings.http, folder=settings.out)
        for _ in range(READ_BACK_TRIES if settings.dns or settings.http else 0):
            if read.ok:
                break
            self._sleep(READ_BACK_PAUSE_SECONDS)  # a reload comes through a moment after it was asked for
            read = question(about, dns_server=settings.dns, http=settings.http, folder=settings.out)
        return read


def alarm_card(deviating: Sequence[Deviating]) -> str:
    """What deviates from the admitted set, and what to do."""
    parts: list[str | Untrusted] = [
        card_marker(BELL.card),
        "\n### Cabang hosting menyimpang dari keputusan\n\n",
        "Yang disajikan tetap keadaan terakhir yang diputuskan. Perubahan berikut dikarantina:\n\n",
    ]
    for one in deviating[:MAX_TOLD]:
        parts.extend(["- ", Untrusted(one.text.id, limit=300), "\n"])
    if len(deviating) > MAX_TOLD:
        parts.append(f"- dan {len(deviating) - MAX_TOLD} lagi\n")
    parts.append(
        "\nKembalikan isi cabang dengan merge request yang sah, atau ajukan perubahan melalui kasusnya. "
        "Periksa siapa yang mendorong langsung ke cabang itu.\n"
    )
    return outgoing(parts)


def _reasons(quarantined: Sequence[Mapping[str, Any]], path: str) -> list[Bilingual]:
    return [Bilingual(one["reason"]["id"], one["reason"]["en"]) for one in quarantined if one["path"] == path]


def _deviating(one: Mapping[str, Any]) -> Deviating:
    text = Bilingual(str(one["text"]["id"]), str(one["text"]["en"]))
    return Deviating(str(one["path"]), str(one["kind"]), str(one["seen_blob"]), text)


def _left_out(one: Mapping[str, Any]) -> Deviating:
    """An admitted file that cannot be served today (a policy that changed): no less an alarm."""
    path, reason = str(one["path"]), one["reason"]
    return Deviating(path, "quarantined", "", Bilingual(f"{path}: {reason['id']}", f"{path}: {reason['en']}"))


def _parsed(line: str) -> Mapping[str, Any] | None:
    try:
        answer = json.loads(line)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) and {"digest", "broken"} & answer.keys() else None


def _broken_ledger(told: Mapping[str, Any]) -> LedgerBroken:
    text = told["text"]
    return LedgerBroken(
        Bilingual(str(text["id"]), str(text["en"])),
        remedy=Bilingual(
            "Keadaan terakhir tetap disajikan. Periksa dengan `laik ledger verify --keyring`, lalu cari siapa"
            " yang dapat menulis ke basis data.",
            "The last state stays served. Look with `laik ledger verify --keyring`, then find who can write"
            " to the database.",
        ),
        where=Where(file=str(told["where"])),
    )


def _refused(errors: str) -> CheckFailed:
    last = " ".join(errors.split())[-600:]
    return CheckFailed(
        Bilingual(f"Penerapan ditolak: {last}", f"Applying was refused: {last}"),
        remedy=Bilingual(
            "Keadaan terakhir tetap disajikan; perbaiki penyebabnya, lalu jalankan laik reconcile --all.",
            "The last state stays served; mend the cause, then run laik reconcile --all.",
        ),
        where=Where(file="laik hosting apply"),
    )
