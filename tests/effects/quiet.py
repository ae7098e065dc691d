"""Cases by the thousand, put straight into the forge's tables and the ledger; untouched for weeks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from automation.core.canonical import canonical
from automation.demo import documents
from automation.demo import organisation as org
from automation.localforge.engine import Engine
from automation.localforge.engine import stamp as forge_time
from automation.store.engine import stamp, writing
from automation.store.ledger import _append
from automation.store.schema import links as table
from tests.effects.neutral import Neutral
from tests.effects.world import SHORT, World

WEEKS_AGO = datetime.now(UTC) - timedelta(days=30)


def quiet_cases(world: World | Neutral, count: int) -> list[str]:
    """So many accepted cases with a case file and an application each; their keys."""
    engine = world.forge.engine
    control = engine.store.value("SELECT id FROM projects WHERE full_path = ?", org.CONTROL)
    homes = world.organisation.case_files, world.organisation.applications
    author = engine.store.value("SELECT id FROM users WHERE username = ?", org.TEAM)
    made: dict[str, tuple[int, int]] = {}
    with engine.store.transaction():
        for _ in range(count):
            iid = engine.store.next_number(control, "issue")
            key = f"PA-{WEEKS_AGO.year}-{iid:04d}"
            at = forge_time(WEEKS_AGO + timedelta(seconds=iid))
            body = documents.request_form(org.AGENCY, slug=f"sunyi-{iid}")
            engine.store.insert(
                "issues",
                project_id=control,
                iid=iid,
                title=f"Permohonan sunyi {iid}",
                description=body,
                author_id=author,
                created_at=at,
                updated_at=at,
            )
            made[key] = (
                _project(engine, homes[0], key.lower(), author, at),
                _project(engine, homes[1], f"sunyi-{iid}", author, at),
            )
    _remember(world, made)
    return list(made)


def _project(engine: Engine, group: str, slug: str, creator: int, at: str) -> int:
    """A project whose repository is one empty repository for all of them: nobody looks inside."""
    namespace = engine.store.value("SELECT id FROM namespaces WHERE full_path = ?", group)
    number = int(
        engine.store.insert(
            "projects",
            namespace_id=namespace,
            path=slug,
            full_path=f"{group}/{slug}",
            name=slug,
            creator_id=creator,
            created_at=at,
            last_activity_at=at,
        )
    )
    nothing = engine.repository(0).path
    if not nothing.exists():
        engine.repository(0).init("main")
    engine.repository_path(number).symlink_to(nothing)
    return number


def _remember(world: World | Neutral, made: dict[str, tuple[int, int]]) -> None:
    """The ledger and links as they stand after acceptance and provisioning; in one transaction."""
    accepted = {"form": "f" * 64, "agency": org.AGENCY, "procedure": SHORT, "version": "2026.1"}
    at = stamp(WEEKS_AGO)
    with writing(world.laik.store.engine) as connection:
        for key, projects in made.items():
            bodies: list[tuple[str, Any]] = [("accepted", accepted)]
            for kind, project in zip(("berkas", "aplikasi"), projects, strict=True):
                bodies.append(("linked", {"kind": kind, "project": project}))
                row = {"case_key": key, "kind": kind, "project_id": project, "iid": 0}
                connection.execute(table.insert().values(**row))
            for seq, (kind, body) in enumerate(bodies):
                _append(connection, key, kind, canonical(body), at, seq)
