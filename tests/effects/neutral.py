"""A running forge of either dialect with laik over it, in words of neither; costs are counted here.

For what must hold on both forges; ``world`` has more to offer, for GitLab alone. No webhook is sent: a test
says which event came, so that each event's cost can be told apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from automation.collect.procedures import bundled
from automation.core.memory import Memory, remember
from automation.core.procedure import Procedure
from automation.demo import documents
from automation.demo import organisation as org
from automation.demo.people import Person
from automation.demo.run import founded
from automation.keys import EVERYTHING, HOSTING
from automation.localforge.server import RunningForge, start
from automation.locate import Locator
from automation.settings import ForgeKind, Settings, default_store
from automation.web.hooks import WebhookHint
from automation.wiring import Laik, build
from tests.effects.world import short_procedure

SOP = "lombok-tengah"


@dataclass(frozen=True)
class Spent:
    """What a piece of work cost; ``reads`` are those not answered 304."""

    calls: int
    reads: int
    writes: int
    fetches: int


@dataclass(frozen=True)
class Neutral:
    """See the module."""

    forge: RunningForge
    laik: Laik
    organisation: org.Organisation

    def who(self, account: str) -> Person:
        return self.organisation[account]

    def memory(self, key: str) -> Memory:
        return remember(self.laik.store.ledger.entries(key))

    def spent(self, work: Callable[[], object]) -> Spent:
        before = self._counted()
        work()
        calls, unmodified, writes, fetches = (
            now - was for now, was in zip(self._counted(), before, strict=True)
        )
        return Spent(calls, calls - unmodified - writes, writes, fetches)

    def _counted(self) -> tuple[int, int, int, int]:
        forge = self.laik.forge
        return forge.calls, forge.unmodified, forge.writes, self.laik.office.mirrors.fetches

    def worked(self, *keys: str) -> list[str]:
        """Run keys and all that follows from them; what was run."""
        waiting, done = list(keys), []
        while waiting:
            done.append(waiting.pop(0))
            waiting.extend(self.laik.reconciler.reconcile(done[-1]).follow)
        return done

    def handled(self, hint: WebhookHint) -> Spent:
        """An event as the door takes it: located, and worked off with everything that follows."""
        key = Locator(self.laik.store.links, self.laik.office)(hint)
        assert key is not None
        return self.spent(lambda: self.worked(key))

    def number(self, path: str) -> int:
        """The project's id."""
        found = self.laik.forge.find_project(path)
        assert found is not None
        return found.id

    def berkas(self, key: str) -> str:
        return f"{self.organisation.case_files}/{key.lower()}"

    def aplikasi(self, slug: str) -> str:
        return f"{self.organisation.applications}/{slug}"

    def filed(self, slug: str) -> str:
        """File a request for the short SOP; the key it will have."""
        empty = "_No response_" if self.organisation.forge == "github" else ""
        body = documents.request_form(org.AGENCY, slug=slug, empty=empty)
        body = body.replace("php-laravel", "base")
        number = self.who(org.TEAM).file_issue(org.CONTROL, f"Permohonan {slug}", body)
        issue = self.laik.forge.get_issue(self.number(org.CONTROL), number)
        assert issue is not None
        return f"PA-{issue.created_at.year}-{number:04d}"

    def paste(self, account: str, key: str, word: str) -> None:
        """Paste the command the case's card offers."""
        who, number = self.who(account), int(key[8:])
        lines = who.lines_to_paste(org.CONTROL, number, bot=self.organisation.bot)
        who.say(org.CONTROL, number, next(line for line in lines if line.startswith(f"@laik {word}")))

    def with_application(self, slug: str) -> str:
        """A case with its application's repository, at its last step."""
        key = self.filed(slug)
        self.worked(key)
        self.paste(org.HEAD, key, "ajukan permohonan")
        self.worked(key)
        return key

    def asked(self, key: str, slug: str) -> tuple[int, str]:
        """Open a hosting request for a case and let laik see it; its number and branch."""
        branch = f"permintaan-{slug}"
        self.push_request(key, slug, branch, b"")
        number = self.who(org.TEAM).open_request(org.HOSTING, branch, f"Hosting {slug}")
        self.worked(HOSTING, EVERYTHING)
        return number, branch

    def push_request(self, key: str, slug: str, branch: str, note: bytes) -> None:
        sha = self.who(org.REVIEWERS[0]).head(self.aplikasi(slug), "main")
        text = documents.hosting_request(key=key, agency=org.AGENCY, name=slug, parent=org.PARENT, sha=sha)
        files: dict[str, bytes | None] = {f"permohonan/{slug}.yaml": text + note}
        self.who(org.TEAM).push(org.HOSTING, files, "Permintaan hosting", branch=branch)


@contextmanager
def neutral_world(
    folder: Path,
    dialect: ForgeKind,
    *,
    procedure: Procedure | None = None,
    now: Callable[[], datetime] | None = None,
    **more: Any,
) -> Iterator[Neutral]:
    """One forge of that dialect and one laik for as long as the block lasts.

    Args:
        folder: where both keep what they have.
        dialect: the forge's.
        procedure: the SOP of all cases; the short one when None.
        now: laik's clock; that of this machine when None. The forge's is always the machine's.
        more: settings of laik's.
    """
    with start(folder / "forge", dialect=dialect) as forge:
        organisation = founded(forge, dialect)
        settings = Settings(
            url=forge.url,
            token=organisation.bot_token,
            control_path=org.CONTROL,
            state=folder / "laik",
            out=folder / "saji",
            store_url=default_store(folder / "laik"),
            forge=organisation.forge,
            app=organisation.app,
            write_spacing=0.0,
            **more,
        )
        # The short SOP stands under the name the policy has: on GitHub laik alone may push there.
        short = (procedure or short_procedure()).model_copy(update={"id": SOP})
        laik = build(settings, procedures={**bundled(), SOP: short}, now=now)
        try:
            yield Neutral(forge, laik, organisation)
        finally:
            laik.close()
