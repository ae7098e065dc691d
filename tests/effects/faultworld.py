"""A small case played whole on either forge while its way there is disturbed, and what stands in the end."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from starlette.applications import Starlette

from automation.core.errors import LaikError
from automation.demo import documents
from automation.demo import organisation as org
from automation.demo.webserver import serve
from automation.forges.wire import Wire
from automation.keys import EVERYTHING, HOSTING
from automation.settings import ForgeKind
from tests.effects.faultdoor import Door, Script, faulty_door
from tests.effects.neutral import Neutral, neutral_world

DAY = date(2026, 3, 2)
MARKER = re.compile(r"<!-- laik:([a-z]+):([^>]*?) -->")
MOST_RUNS = 120

# What may be there once only, as the forge's own tables hold it: by repository, and without ids and times.
TABLES: Mapping[str, str] = {
    "labels": "SELECT name, color, description FROM labels WHERE project_id = ?",
    "milestones": "SELECT title, state, due_date IS NULL FROM milestones WHERE project_id = ?",
    "boards": "SELECT name FROM boards WHERE project_id = ?",
    "lists": "SELECT l.position, b.name FROM lists l JOIN boards b ON b.id = l.board_id"
    " WHERE b.project_id = ?",
    "protections": "SELECT name, push_level, merge_level, allow_force_push FROM protections"
    " WHERE project_id = ?",
    "hooks": "SELECT url, push_events, issues_events, note_events FROM hooks WHERE project_id = ?",
    "members": "SELECT u.username, m.level FROM members m JOIN users u ON u.id = m.user_id"
    " WHERE m.source = 'project' AND m.source_id = ?",
    "invitations": "SELECT user_id, level FROM invitations WHERE project_id = ?",
    "github_protections": "SELECT branch, facts FROM github_protections WHERE project_id = ?",
    "github_hooks": "SELECT url, events, active FROM github_hooks WHERE project_id = ?",
    "github_board_links": "SELECT board_id FROM github_board_links WHERE project_id = ?",
    "pushes": "SELECT ref, commit_count FROM events WHERE project_id = ?",
}
State = Mapping[str, Any]


class Clock:
    """Pauses take no time and move the wire's clock."""

    def __init__(self) -> None:
        self.at = 1_900_000_000.0
        self.naps: list[float] = []

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.at += seconds


def wire_of(forge: Any) -> Wire:
    """The wire under an adapter."""
    found: Wire = forge._session if hasattr(forge, "_session") else forge._wire
    return found


@dataclass(frozen=True)
class FaultWorld:
    """See the module; whatever is asked of it besides is the world's without faults."""

    neutral: Neutral
    door: Door
    clock: Clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self.neutral, name)

    def to_rest(self, *keys: str, script: Script | None = None) -> list[LaikError]:
        """Run keys, and what follows, as the queue does: again after each refusal; what was refused."""
        waiting = list(keys)
        refused: list[LaikError] = []
        with self.door.meeting(*([script] if script else [])):
            for _ in range(MOST_RUNS):
                if not waiting:
                    return refused
                try:
                    result = self.neutral.laik.reconciler.reconcile(waiting[0])
                except LaikError as problem:
                    refused.append(problem)
                    continue
                refused.extend(result.failed)
                done = waiting.pop(0)
                # What was refused in passing is tried again, like in the worker.
                waiting.extend([*result.follow, *([done] if result.failed or result.changes else [])])
        raise AssertionError(f"{waiting[0]} does not come to rest: {refused[-1].explain()}")

    def play(self, slug: str, script: Script | None = None) -> tuple[str, list[LaikError]]:
        """The whole case from its request to the served name; its key and every refusal on the way."""
        key, _, refused = self.approved(slug, script)
        return key, refused + self.to_rest(key, script=script)

    def approved(self, slug: str, script: Script | None = None) -> tuple[str, int, list[LaikError]]:
        """As above up to the approval that laik has not seen yet; the hosting request's number besides."""
        key = self.neutral.filed(slug)
        refused = self.to_rest(key, script=script)
        self.neutral.paste(org.HEAD, key, "ajukan permohonan")
        refused += self.to_rest(key, script=script)
        self._bring_evidence(key, slug)
        refused += self.to_rest(key, script=script)
        self.neutral.paste(org.ICT_HEAD, key, "disposisi hosting-tindak-lanjut")
        refused += self.to_rest(key, script=script)
        number = self._ask(key, slug)
        refused += self.to_rest(HOSTING, key, script=script)
        self._approve(number)
        return key, number, refused

    def _bring_evidence(self, key: str, slug: str) -> None:
        builder, path = self.neutral.who(org.REVIEWERS[0]), self.neutral.aplikasi(slug)
        sha = builder.push(path, documents.initial_presentation(), "Presentasi awal")
        digest = builder.code_digest(path, sha)
        files = {
            "uat/skenario.yaml": documents.uat_scenarios(),
            "uat/hasil.yaml": documents.uat_results(digest, tester=org.TEAM, day=DAY),
        }
        builder.push(self.neutral.berkas(key), files, "UAT")

    def _ask(self, key: str, slug: str) -> int:
        self.neutral.push_request(key, slug, f"permintaan-{slug}", b"")
        return self.neutral.who(org.TEAM).open_request(org.HOSTING, f"permintaan-{slug}", f"Hosting {slug}")

    def _approve(self, number: int) -> None:
        who = self.neutral.who(org.REVIEWERS[1])
        bot = self.neutral.organisation.bot
        lines = who.lines_to_paste(org.HOSTING, number, bot=bot, kind="merge_request")
        who.say(org.HOSTING, number, lines[0], kind="merge_request")

    # ---- what stands

    def asked(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the forge's own tables."""
        return list(self.neutral.forge.engine.store.rows(sql, *values))

    def state(self, key: str, slug: str) -> State:
        """All that stands of a case, with key and slug taken out, so that two cases can be compared."""
        homes = self.neutral.berkas(key), self.neutral.aplikasi(slug)
        stands = {
            "ledger": Counter(entry.kind for entry in self.neutral.laik.store.ledger.entries(key)),
            "sound": self.neutral.laik.store.ledger.verify(key),
            "repositories": [self._repository(path) for path in homes],
            "same description": self.asked(
                "SELECT COUNT(*) FROM projects WHERE description LIKE ?", f"[laik {key}]%"
            ),
            "issue": self._issue(key),
            "request": self._request(slug),
            "boards": self.asked("SELECT title, COUNT(*) FROM github_boards GROUP BY title"),
        }
        text = json.dumps(stands, sort_keys=True, default=str)
        for name, stand in ((key, "KEY"), (key.lower(), "KEY"), (slug, "SLUG")):
            text = text.replace(name, stand)
        told: State = json.loads(text)
        return told

    def _repository(self, path: str) -> dict[str, Any]:
        found = self.asked("SELECT id, name, description FROM projects WHERE full_path = ?", path)
        number = int(found[0][0])
        rows = {name: sorted(self.asked(sql, number), key=repr) for name, sql in TABLES.items()}
        return {"count": len(found), "told": found[0][1:], **rows, "lights": self._lights(number)}

    def _lights(self, number: int) -> list[tuple[Any, ...]]:
        """How often each context was posted to each commit that it was posted to."""
        if self.neutral.organisation.forge == "github":
            sql = "SELECT name, COUNT(*) FROM github_check_runs WHERE project_id = ? GROUP BY sha, name"
        else:
            sql = "SELECT name, COUNT(*) FROM statuses WHERE project_id = ? GROUP BY sha, name, state"
        return sorted(self.asked(sql, number))

    def _issue(self, key: str) -> dict[str, Any]:
        control = self.neutral.number(org.CONTROL)
        number, state = self.asked(
            "SELECT id, state FROM issues WHERE project_id = ? AND iid = ?", control, int(key[8:])
        )[0]
        labels = self.asked(
            "SELECT l.name FROM label_links k JOIN labels l ON l.id = k.label_id"
            " WHERE k.target = 'issue' AND k.target_id = ?",
            number,
        )
        return {"state": state, "labels": sorted(labels), "said": self._said("issue", number)}

    def _request(self, slug: str) -> dict[str, Any]:
        hosting = self.neutral.number(org.HOSTING)
        found = self.asked(
            "SELECT id, state, merge_commit_sha, head_sha FROM merge_requests"
            " WHERE project_id = ? AND source_branch = ?",
            hosting,
            f"permintaan-{slug}",
        )
        number, state, merged, head = found[0]
        code = self.neutral.forge.engine.repository(hosting)
        tip = code.resolve("refs/heads/main")
        landed = merged and tip is not None and code.is_ancestor(head, tip)
        return {
            "count": len(found),
            "state": state,
            "said": self._said("merge_request", number),
            "landed": bool(landed),
        }

    def _said(self, target: str, number: int) -> list[tuple[str, int]]:
        """How many of laik's comments start with a marker of each kind; every marker is there once."""
        me = self.neutral.laik.forge.whoami().username
        rows = self.asked(
            "SELECT n.body FROM notes n JOIN users u ON u.id = n.author_id"
            " WHERE n.target = ? AND n.target_id = ? AND u.username = ? AND n.system = 0",
            target,
            number,
            me,
        )
        marks = [MARKER.match(row[0]) for row in rows]
        whole = Counter(mark[0] for mark in marks if mark)
        assert set(whole.values()) <= {1}, whole
        return sorted(Counter(mark[1] if mark else "" for mark in marks).items())


@contextmanager
def fault_world(folder: Path, dialect: ForgeKind) -> Iterator[FaultWorld]:
    """One forge of that dialect behind a door, and one laik whose pauses take no time."""
    with faulty_door() as door, serve() as (address, mount):
        mount(Starlette())
        hook: dict[str, Any] = {"hook_url": f"{address}/webhook/{dialect}", "hook_secrets": ("rahasia-uji",)}
        with neutral_world(folder, dialect, **hook) as neutral:
            clock = Clock()
            wire = wire_of(neutral.laik.forge)
            wire._sleep, wire._now = clock.sleep, clock.now
            neutral.laik.organise()
            neutral.worked(EVERYTHING)
            yield FaultWorld(neutral, door, clock)
