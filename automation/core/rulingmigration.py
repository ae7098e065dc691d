"""Rulings on a migration that was offered: ``@laik migrasi sop <code>`` by the highest office of the SOP."""

from __future__ import annotations

from automation.core.act import Act
from automation.core.authority import highest
from automation.core.bench import Bench, Ruled
from automation.core.codes import code_for
from automation.core.memory import Memory
from automation.core.migration import WORD
from automation.core.remembered import MIGRATION
from automation.core.rulingauthority import bind, not_allowed
from automation.core.rulingwords import void
from automation.core.text import Bilingual

VERB = "migrasi"


def migration_line(memory: Memory, digest: str) -> str:
    """The comment that accepts the offered migration, ready to paste."""
    return f"@laik {VERB} {WORD} {code_for(memory, MIGRATION, digest)}"


def rule_migration(act: Act, bench: Bench) -> Ruled:
    """Rule on an acceptance; it binds to exactly what was offered."""
    heads = highest(bench.procedure)
    if problem := not_allowed(act, heads, bench):
        return void(act, MIGRATION, problem)
    if bench.offered is None or act.command.about != WORD:
        return void(act, MIGRATION, NOTHING_OFFERED)
    digest = bench.offered.digest
    bound = bind(act, MIGRATION, digest, migration_line(bench.memory, digest), bench.memory)
    if isinstance(bound, Bilingual):
        return void(act, MIGRATION, bound)
    held = bench.holds(act.account, heads)
    return bench.given_as(Ruled(act, "migrated", MIGRATION, digest, {}, None, roles=held), heads)


NOTHING_OFFERED = Bilingual(
    "Tidak ada migrasi SOP yang ditawarkan untuk kasus ini, atau tawarannya sudah usang. Pengelola laik"
    " menawarkannya dengan `laik case migrate`.",
    "No SOP migration is offered for this case, or the offer is out of date. Whoever runs laik offers one"
    " with `laik case migrate`.",
)
