"""Serving: run the apply process over the admitted set, read names back, raise the alarm on deviations.

Apply is a process of its own. It is given the ledger, a mirror, the policy and the output folder, and an
environment without the forge's token, so that what publishes names cannot speak to the forge, and what
speaks to the forge holds no rights on zones.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from automation.bots.desk import card_marker
from automation.childprocess import ran, scrubbed
from automation.core.errors import CheckFailed, Where
from automation.core.hosting import Deviation
from automation.core.hosting_admitted import deviations
from automation.core.outputport import Untrusted, outgoing
from automation.core.policy import digest_of
from automation.core.text import Bilingual
from automation.forges.base import Forge, Issue
from automation.observe.office import Office, OfficeReader
from automation.settings import Settings
from automation.store.ledger import JSON
from automation.store.open import Store
from automation.targets.mirror import read_branch
from automation.targets.readback import ReadBack, read_back
from automation.targets.release import read_manifest

APPLY_SECONDS = 300
RELOAD_SECONDS = 60
READ_BACK_TRIES = 40
READ_BACK_PAUSE_SECONDS = 0.25
ALARM_KEY = "sajian"
ALARM_TITLE = "Penyimpangan pada proyek hosting"
ALARM_LABEL = "penyimpangan"
LEDGER_KEY = "!sajian"
# Told one by one; a comment and a ledger entry have their limits, and whoever pushes ten thousand files
# must not be able to silence the alarm by its length.
MAX_TOLD = 50


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

    def as_deviation(self) -> Mapping[str, Any]:
        """As a line of the alarm."""
        place = str(self.where)
        text = {"id": f"{place}: {self.message.id}", "en": f"{place}: {self.message.en}"}
        return {"path": place, "kind": "quarantined", "seen_blob": "", "text": text}


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
        self.last_checkers: tuple[str, ...] = ()
        self.last_read: ReadBack | None = None

    def serve(self, path: str) -> Outcome:
        """Apply, then read the name of the request file at ``path`` back.

        Raises:
            CheckFailed: the apply process said no; the last good state stays served.
        """
        office = self._office.read(secret=False)
        answer = self._apply(office)
        read = self._read_back(path)
        if not read.ok and self._settings.reload and not answer["changed"]:
            self._reload()  # it was published before, and the reload then failed or was cut off
            read = self._read_back(path)
        self.last_read = read
        self.last_checkers = tuple(sorted({*answer["checkers"], *read.checkers}))
        return Outcome(int(answer["serial"]), str(answer["digest"]), read.ok, self.last_checkers, read)

    def check(self) -> None:
        """Apply (which changes nothing when nothing changed) and make the alarm say what deviates.

        While nothing is admitted nothing is served, but a file that somebody pushed is alarmed all the same.
        """
        office = self._office.read(secret=False)
        if self._store.ledger.admitted():
            answer = self._apply_or_alarm(office)
            self._alarm(office, [*answer["deviations"], *map(_left_out, answer["quarantined"])])
        else:
            tip = read_branch(office.hosting_mirror.folder, office.hosting.default_branch)
            self._alarm(office, [_deviation(one) for one in deviations({}, tip or {})])

    def _apply_or_alarm(self, office: Office) -> Mapping[str, Any]:
        """A ledger that was tampered with is no less an alarm than a branch that was."""
        try:
            return self._apply(office)
        except LedgerBroken as problem:
            self._alarm(office, [problem.as_deviation()])
            raise

    def _apply(self, office: Office) -> Mapping[str, Any]:
        self._sign()
        policy = self._settings.state / "kebijakan-berlaku.yaml"
        policy.write_bytes(office.policy_text)
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
        read = self._asked(name)
        for _ in range(READ_BACK_TRIES if self._settings.dns or self._settings.http else 0):
            if read.ok:
                break
            self._sleep(READ_BACK_PAUSE_SECONDS)  # a reload comes through a moment after it was asked for
            read = self._asked(name)
        return read

    def _asked(self, name: str) -> ReadBack:
        settings = self._settings
        return read_back(name, dns_server=settings.dns, http=settings.http, folder=settings.out)

    def _alarm(self, office: Office, differing: list[Mapping[str, Any]]) -> None:
        """One issue in the control project while something deviates; closed by itself when nothing does.

        The ledger says that there is an alarm from before it is told until after it is closed, so that the
        control project's issues are listed only while there may be one.
        """
        digest = digest_of([[one["path"], one["kind"], one["seen_blob"]] for one in differing])
        entries = self._store.ledger.entries(LEDGER_KEY)
        last = str(entries[-1].body.get("digest", "")) if entries else digest_of([])
        if differing:
            self._note(differing, digest, last)
            self._tell(office, self._alarm_issue(office), differing)
        elif digest != last:
            issue = self._alarm_issue(office)
            if issue is not None:
                self._forge.close_issue(issue)
            self._note(differing, digest, last)

    def _note(self, differing: list[Mapping[str, Any]], digest: str, last: str) -> None:
        if digest == last:
            return
        paths: list[JSON] = [str(one["path"])[:300] for one in differing[:MAX_TOLD]]
        body: dict[str, JSON] = {"digest": digest, "paths": paths, "count": len(differing)}
        self._store.ledger.append(
            LEDGER_KEY, "deviation", body, at=self._now(), expect=self._store.ledger.last_seq(LEDGER_KEY)
        )

    def _alarm_issue(self, office: Office) -> Issue | None:
        issues = self._forge.list_issues(office.control.id)
        mine = (one for one in issues if one.author.id == office.me.id and one.title == ALARM_TITLE)
        return next(mine, None)

    def _tell(self, office: Office, issue: Issue | None, differing: list[Mapping[str, Any]]) -> None:
        if issue is None:
            issue = self._forge.create_issue(
                office.control.id, ALARM_TITLE, outgoing(["Lihat kartu di bawah.\n"]), [ALARM_LABEL]
            )
        body = alarm_card(differing)
        comments = self._forge.list_comments(office.control.id, "issue", issue.iid)
        card = next(
            (
                one
                for one in comments
                if one.author.id == office.me.id and one.body.startswith(card_marker(ALARM_KEY))
            ),
            None,
        )
        if card is None:
            self._forge.add_comment(office.control.id, "issue", issue.iid, body)
        elif card.body.strip() != body.strip():
            self._forge.edit_comment(office.control.id, "issue", issue.iid, card.id, body)


def alarm_card(differing: list[Mapping[str, Any]]) -> str:
    """What deviates from the admitted set, and what to do."""
    parts: list[str | Untrusted] = [
        card_marker(ALARM_KEY),
        "\n### Cabang hosting menyimpang dari keputusan\n\n",
        "Yang disajikan tetap keadaan terakhir yang diputuskan. Perubahan berikut dikarantina:\n\n",
    ]
    for one in differing[:MAX_TOLD]:
        parts.extend(["- ", Untrusted(str(one["text"]["id"]), limit=300), "\n"])
    if len(differing) > MAX_TOLD:
        parts.append(f"- dan {len(differing) - MAX_TOLD} lagi\n")
    parts.append(
        "\nKembalikan isi cabang dengan merge request yang sah, atau ajukan perubahan melalui kasusnya. "
        "Periksa siapa yang mendorong langsung ke cabang itu.\n"
    )
    return outgoing(parts)


def _deviation(one: Deviation) -> Mapping[str, Any]:
    text = {"id": one.text.id, "en": one.text.en}
    return {"path": one.path, "kind": one.kind, "seen_blob": one.seen_blob, "text": text}


def _left_out(one: Mapping[str, Any]) -> Mapping[str, Any]:
    """An admitted file that cannot be served today (a policy that changed): no less an alarm."""
    text = {"id": f"{one['path']}: {one['reason']['id']}", "en": f"{one['path']}: {one['reason']['en']}"}
    return {"path": one["path"], "kind": "quarantined", "seen_blob": "", "text": text}


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
