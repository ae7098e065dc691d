"""One repository on disk as evidence: what a developer's clone can tell, and what it cannot.

The checks are those of production, asked the same way: a check names evidence, it is collected, the check
is asked again. Evidence kept elsewhere (the case file, the forge) is not collected, so that a check that
needs it stays unjudged instead of passing. Documents are read as they lie in the folder; code and scan are
those of the commit HEAD names.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from automation.collect.documents import collect_document
from automation.collect.folder import FolderTree
from automation.collect.gitcommand import run_git
from automation.collect.gittree import code_snapshot
from automation.collect.mirror_reading import Mirror
from automation.core.documents import CodeSnapshot, ScanReport, YamlDocument
from automation.core.errors import LaikError, Where
from automation.core.evidence import CODE, SCAN, Evidence, EvidenceView, NotCollected, State, document_id
from automation.core.finding import Finding, Outcome, worst
from automation.core.judging import effective_subjects, subject_evidence
from automation.core.policy import Policy
from automation.core.procedure import Home, Procedure, Step, Way
from checks import Check

Scan = Callable[[Path, str], ScanReport]


@dataclass(frozen=True, slots=True)
class Judged:
    """One check of one step: its findings, or the evidence it needs that this clone does not hold.

    ``way`` is the way out of the step that the check belongs to; None where it holds for the whole step.
    """

    step: Step
    check: str
    findings: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    way: Way | None = None

    @property
    def outcome(self) -> Outcome | None:
        """What the findings amount to; None when it was not judged here."""
        return None if self.missing else worst(self.findings)


class Clone:
    """Evidence of one repository folder, collected when asked for and kept."""

    def __init__(
        self,
        root: Path,
        *,
        procedure: Procedure,
        home: Home,
        scan: Scan | None = None,
        policy: Policy | None = None,
    ) -> None:
        self.tree = FolderTree(root)
        self.procedure = procedure
        self.home = home
        self.git = git_folder(self.tree.root)
        self.commit = head_commit(self.git)
        self._scan = scan
        self._policy: Mapping[str, object] = policy.slice() if policy else {}
        self._collected: dict[str, Evidence] = {}

    def view(self) -> EvidenceView:
        """What has been collected so far."""
        return EvidenceView(
            collected=dict(self._collected),
            policy=self._policy,
            documents=self.procedure.documents,
            roles=self._roles(),
            declared=self.procedure.roles,
        )

    @property
    def code_digest(self) -> str | None:
        """The digest a UAT of this commit binds to; None where there is no code."""
        self._collect(CODE)
        evidence = self._collected.get(CODE)
        return evidence.value.code_digest if evidence and isinstance(evidence.value, CodeSnapshot) else None

    def judge(self, check: Check, step: Step, way: Way | None = None) -> Judged:
        """Ask one check about one step, or a way out of it, collecting what it asks for."""
        unknown = tuple(f"policy:{key}" for key in check.policy if key not in self._policy)
        if unknown:
            return Judged(step, check.id, missing=unknown, way=way)
        subjects = self._subjects(step)
        while True:
            try:
                return Judged(step, check.id, check.judge(self.view(), subjects), way=way)
            except NotCollected as asked:
                absent = tuple(sorted(one for one in asked.ids if not self._collect(one)))
                if absent:
                    return Judged(step, check.id, missing=absent, way=way)

    def _subjects(self, step: Step) -> tuple[str, ...]:
        """What the checks look at: of alternatives those that are there, where this clone can tell."""
        alternatives = {subject_evidence(name) for group in step.judging.any_of for name in group}
        for evidence_id in alternatives:
            self._collect(evidence_id)
        known = alternatives <= set(self._collected)
        return effective_subjects(step, self.view()) if known else step.judging.subjects

    def _collect(self, evidence_id: str) -> bool:
        """Collect one piece of evidence; False when this clone cannot hold it, or was asked in vain."""
        evidence = None if evidence_id in self._collected else self._evidence(evidence_id)
        if evidence is not None:
            self._collected[evidence_id] = evidence
        return evidence is not None

    def _evidence(self, evidence_id: str) -> Evidence | None:
        if evidence_id in {CODE, SCAN}:
            return self._of_commit(evidence_id) if self.home == "aplikasi" else None
        name = evidence_id.removeprefix("doc:")
        document = self.procedure.documents.get(name)
        if document is None or document.home != self.home:
            return None
        return collect_document(name, document, self.tree)

    def _of_commit(self, evidence_id: str) -> Evidence | None:
        if self.git is None or self.commit is None:
            return Evidence(evidence_id, State.ABSENT)
        try:
            if evidence_id == SCAN:
                return self._scanned(self.git, self.commit)
            code = code_snapshot(_reader(self.git), self.commit)
        except LaikError as failure:
            return Evidence(evidence_id, State.UNKNOWN, where=failure.where, problem=failure.message)
        return Evidence(CODE, State.PRESENT, digest=code.code_digest, value=code)

    def _scanned(self, git: Path, commit: str) -> Evidence | None:
        if self._scan is None:
            return None
        report = self._scan(git, commit)
        return Evidence(SCAN, State.PRESENT, digest=report.tree, value=report, where=Where())

    def _roles(self) -> Mapping[str, frozenset[str]]:
        """Accounts that the case file names, where this is one; no other role is written in a clone."""
        if self.home != "berkas":
            return {}
        named = {role.id: self._accounts(role.named_by) for role in self.procedure.roles if role.named_by}
        return {role: accounts for role, accounts in named.items() if accounts is not None}

    def _accounts(self, name: str) -> frozenset[str] | None:
        """The list ``akun`` of a document; None while it names nobody."""
        self._collect(document_id(name))
        evidence = self._collected.get(document_id(name))
        value = evidence.value if evidence else None
        listed = value.data.get("akun") if isinstance(value, YamlDocument) else None
        return frozenset(str(one).casefold() for one in listed) if isinstance(listed, list) else None


def git_folder(root: Path) -> Path | None:
    """The git folder of the clone whose top is ``root``; None when it is no clone of its own."""
    git = shutil.which("git")
    if git is None:
        return None
    answer = subprocess.run(  # noqa: S603 - fixed program and arguments, no shell
        [git, "rev-parse", "--show-toplevel", "--absolute-git-dir"],
        cwd=root,
        capture_output=True,
        check=False,
    )
    lines = answer.stdout.decode("utf-8", "surrogateescape").splitlines()
    # A folder inside of some other clone would show that clone's code for its own.
    if answer.returncode or len(lines) != 2 or Path(lines[0]).resolve() != root.resolve():
        return None
    return Path(lines[1])


def head_commit(git: Path | None) -> str | None:
    """The full id of the commit HEAD names; None before the first commit."""
    if git is None:
        return None
    answer = run_git(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], repository=git)
    return answer.output.decode().strip() if answer.ok else None


def _reader(git: Path) -> Mirror:
    return Mirror(git, project_id=0, fetch=lambda _: run_git(["version"], repository=git))
