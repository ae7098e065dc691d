"""A running embedded forge with the demonstration's organisation, laik over it, and people who act.

laik has no web door here: a test reconciles by key, so that each run and what it wrote can be told apart.
The short SOP has two steps, taken from Lombok Tengah: the request, which makes the application, and hosting.
"""

from __future__ import annotations

import base64
import hashlib
import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast

import gitlab

from automation.collect.procedures import bundled
from automation.core.memory import Memory, remember
from automation.core.procedure import Branch, Flow, HostingRule, Judging, Procedure
from automation.demo import documents
from automation.demo import organisation as org
from automation.demo.gitlabfounding import found
from automation.demo.gitlabpeople import GitLabPerson
from automation.demo.people import Kind
from automation.localforge.server import RunningForge, start
from automation.reconciler import Result
from automation.settings import Settings, default_store
from automation.wiring import Laik, build

SHORT = "ringkas"
DAY = date(2026, 3, 2)
BERKAS_OPEN, HOSTING_STEP = "permohonan-bantuan-teknis", "tindak-lanjut-hosting"


def short_procedure() -> Procedure:
    """Two steps of Lombok Tengah that judge the form alone; the organisation's floor holds all the same."""
    whole = bundled()["lombok-tengah"]
    first, last = whole.steps[0], whole.steps[-1]
    onward = Branch(when="selesai", on="completed", to=last.key, basis="inferred")
    judging = Judging(subjects=("form",), checks=("request_form_is_complete",))
    steps = (
        first.model_copy(
            update={
                "judging": judging,
                "provisions": "application",
                "flow": Flow(kind="linear", branches=(onward,)),
            }
        ),
        last.model_copy(update={"judging": judging, "number": 2}),
    )
    rule = HostingRule(after=(first.key,), completes=last.key, approved_by=("tim_teknis_diskominfo",))
    return whole.model_copy(update={"id": SHORT, "version": "2026.1", "steps": steps, "hosting": rule})


@dataclass
class World:
    """See the module; ``settle`` runs the reconciler until nothing follows."""

    forge: RunningForge
    laik: Laik
    organisation: org.Organisation
    admin: gitlab.Gitlab
    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def who(self, account: str) -> GitLabPerson:
        return cast(GitLabPerson, self.organisation[account])

    @property
    def team(self) -> GitLabPerson:
        return self.who(org.TEAM)

    @property
    def first(self) -> GitLabPerson:
        return self.who(org.REVIEWERS[0])

    @property
    def second(self) -> GitLabPerson:
        return self.who(org.REVIEWERS[1])

    def unique(self, word: str) -> str:
        """A name no other test has."""
        return f"{word}-{next(self._numbers)}"

    def memory(self, key: str) -> Memory:
        return remember(self.laik.store.ledger.entries(key))

    def kinds(self, key: str) -> list[str]:
        """The kinds of a case's ledger entries, oldest first."""
        return [entry.kind for entry in self.laik.store.ledger.entries(key)]

    def settle(self, key: str) -> Result:
        return self.laik.reconciler.reconcile(key)

    def writes_of(self, key: str) -> int:
        """How many writes one more run of ``key`` makes."""
        before = self.laik.forge.writes
        self.settle(key)
        return self.laik.forge.writes - before

    def project(self, path: str) -> Any:
        """A project as the administrator sees it."""
        return self.admin.projects.get(path)

    def file(self, slug: str, *, title: str = "", **fields: str) -> str:
        """File a request for the short SOP; the key it has or would get."""
        body = documents.request_form(org.AGENCY, slug=slug, **fields)
        body = body.replace("lombok-tengah", SHORT).replace("php-laravel", "base")
        return self.file_text(title or f"Permohonan {slug}", body)

    def file_text(self, title: str, body: str) -> str:
        number = self.team.file_issue(org.CONTROL, title, body)
        created = self.project(org.CONTROL).issues.get(number).created_at
        return f"PA-{created[:4]}-{number:04d}"

    def accepted(self, slug: str) -> str:
        """A case with its case file, at its first step."""
        key = self.file(slug)
        self.settle(key)
        return key

    def say(self, account: str, key: str, text: str) -> None:
        self.who(account).say(org.CONTROL, int(key[8:]), text)

    def paste(self, account: str, key: str, word: str) -> None:
        """Paste the command the case's card offers."""
        lines = self.who(account).lines_to_paste(org.CONTROL, int(key[8:]), bot=org.BOT)
        self.say(account, key, next(line for line in lines if line.startswith(f"@laik {word}")))

    def with_application(self, slug: str) -> str:
        """A case with its application's repository, at its last step."""
        key = self.accepted(slug)
        self.paste(org.HEAD, key, "ajukan permohonan")
        self.settle(key)
        return key

    def with_evidence(self, slug: str) -> str:
        """As above with the floor's evidence: a mockup, and UAT for the code as it is."""
        key = self.with_application(slug)
        path = f"aplikasi/{slug}"
        self.commit(path, documents.initial_presentation())
        files = {
            "uat/skenario.yaml": documents.uat_scenarios(),
            "uat/hasil.yaml": documents.uat_results(self.code_digest(path), tester=org.TEAM, day=DAY),
        }
        self.commit(f"berkas/{key.lower()}", files)
        self.settle(key)
        self.paste(org.ICT_HEAD, key, "disposisi hosting-tindak-lanjut")
        self.settle(key)
        return key

    def head(self, project: str, branch: str = "main") -> str:
        return str(self.project(project).branches.get(branch).commit["id"])

    def request_text(self, key: str, name: str, slug: str) -> bytes:
        return documents.hosting_request(
            key=key, agency=org.AGENCY, name=name, parent=org.PARENT, sha=self.head(f"aplikasi/{slug}")
        )

    def commit(
        self, project: str, files: Mapping[str, bytes | None], *, branch: str = "main", account: str = ""
    ) -> str:
        """One commit by ``account`` (or a reviewer) through the forge; quicker than clone and push."""
        handle = (self.who(account) if account else self.first).project(project)
        start_from = "main" if branch != "main" else branch
        known = {one["path"] for one in handle.repository_tree(recursive=True, get_all=True, ref=start_from)}
        actions = [_action(path, content, known=path in known) for path, content in files.items()]
        data = {"branch": branch, "commit_message": "Ubah", "actions": actions}
        if branch != "main":
            data["start_branch"] = "main"
        return str(handle.commits.create(data).id)

    def code_digest(self, project: str) -> str:
        """The digest of a project's tree without ``dokumen/``, as anyone can work it out."""
        rows = self.project(project).repository_tree(recursive=True, get_all=True)
        blobs = [one for one in rows if one["type"] == "blob" and not one["path"].startswith("dokumen/")]
        lines = sorted((one["path"].encode(), f"{one['mode']} {one['id']} ".encode()) for one in blobs)
        return hashlib.sha256(b"".join(head + path + b"\n" for path, head in lines)).hexdigest()

    def commit_on(self, project: str, branch: str, files: Mapping[str, bytes]) -> str:
        """One more commit on a branch, replacing files that are there."""
        actions = [_action(path, content, known=True) for path, content in files.items()]
        data = {"branch": branch, "commit_message": "Ubah", "actions": actions}
        return str(self.team.project(project).commits.create(data).id)

    def ask(
        self,
        files: Mapping[str, bytes | None],
        *,
        title: str = "Permintaan hosting",
        pushed: bool = False,
    ) -> int:
        """Bring a branch to the hosting project and open a merge request; its number."""
        branch = self.unique("permintaan")
        if pushed:
            self.team.push(org.HOSTING, dict(files), "Permintaan hosting", branch=branch)
        else:
            self.commit(org.HOSTING, files, branch=branch, account=org.TEAM)
        return self.team.open_request(org.HOSTING, branch, title)

    def approve_hosting(self, number: int) -> None:
        lines = self.second.lines_to_paste(org.HOSTING, number, bot=org.BOT, kind="merge_request")
        self.second.say(org.HOSTING, number, lines[0], kind="merge_request")

    def approved(self, slug: str) -> tuple[str, int]:
        """A case whose hosting merge request only waits for laik: (key, number)."""
        key = self.with_evidence(slug)
        number = self.ask({f"permohonan/{slug}.yaml": self.request_text(key, slug, slug)})
        self.settle(key)
        self.approve_hosting(number)
        return key, number

    def cards(self, project: str, iid: int, kind: Kind = "issue") -> list[str]:
        """What laik said there."""
        return [text for who, text in self.first.reads(project, iid, kind=kind) if who == org.BOT]

    def hosting_cards(self, number: int) -> list[str]:
        return self.cards(org.HOSTING, number, "merge_request")

    def reset_hosting(self, sha: str) -> None:
        """Force the hosting project's branch back to a commit that laik's mirror still has."""
        owner, mirror = self.who(org.OWNER), self.laik.office.read().hosting_mirror.folder
        address = f"{self.forge.url}/{org.HOSTING}.git"
        owner._git("--git-dir", str(mirror), "push", "--quiet", "--force", address, f"{sha}:refs/heads/main")

    def served(self) -> dict[str, bytes]:
        """Every file that is served, by path."""
        base = (self.laik.settings.out / "current").resolve()
        return {
            str(one.relative_to(base)): one.read_bytes() for one in sorted(base.rglob("*")) if one.is_file()
        }


def _action(path: str, content: bytes | None, *, known: bool) -> dict[str, str]:
    if content is None:
        return {"action": "delete", "file_path": path}
    text = base64.b64encode(content).decode()
    action = "update" if known else "create"
    return {"action": action, "file_path": path, "content": text, "encoding": "base64"}


@contextmanager
def running_world(folder: Path, **more: Any) -> Iterator[World]:
    """One forge and one laik for as long as the block lasts; ``more`` settings of laik's."""
    with start(folder / "forge") as forge:
        organisation = found(forge.url, forge.admin_token)
        admin = gitlab.Gitlab(forge.url, private_token=forge.admin_token, timeout=60)
        policy = admin.projects.get(org.CONTROL).files.get("laik.yaml", ref="main")
        policy.content = policy.decode().decode().replace("sop: [", f"sop: [{SHORT}, ")
        policy.save(branch="main", commit_message="SOP ringkas untuk uji")
        settings = Settings(
            url=forge.url,
            token=organisation.bot_token,
            control_path=org.CONTROL,
            state=folder / "laik",
            out=folder / "saji",
            store_url=default_store(folder / "laik"),
            **more,
        )
        laik = build(settings, procedures={**bundled(), SHORT: short_procedure()})
        try:
            yield World(forge, laik, organisation, admin, folder)
        finally:
            laik.close()
