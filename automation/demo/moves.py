"""What people do in every play: hand in, propose, decide, and try what they may not.

Each move ends when laik has shown what came of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from automation.demo import documents
from automation.demo.cast import AGENCY
from automation.demo.organisation import CONTROL, SECRET
from automation.demo.stage import SceneFailed, Stage

Files = Mapping[str, bytes | None]
DAY = date(2026, 3, 2)


def file_request(stage: Stage, account: str) -> None:
    """File the request; it becomes a case with a case file."""
    procedure = stage.organisation.cast.procedure
    rule = procedure.request
    body = documents.request_form(
        AGENCY, empty=stage.no_answer, sop=procedure.id, kind=rule.kinds[0], budget=rule.budget
    )
    title = f"Permohonan {documents.APPLICATION}"
    stage.issue = stage.who(account).file_issue(CONTROL, title, body)
    become_case(stage)


def become_case(stage: Stage) -> None:
    """Wait until the request is a case with a case file."""
    stage.until(lambda: bool(_accepted_key(stage)), "permohonan diterima menjadi kasus")
    stage.key, stage.slug = _accepted_key(stage), documents.SLUG
    stage.until(lambda: "berkas" in stage.memory().provisioned, "berkas kasus tersedia")


def _accepted_key(stage: Stage) -> str:
    return next((key for key in stage.laik.store.ledger.cases() if key.endswith(f"-{stage.issue:04d}")), "")


def hand_in(stage: Stage, account: str, files: Files, title: str) -> None:
    """Push documents to the case file."""
    stage.who(account).push(stage.berkas, dict(files), title)


def deposit(stage: Stage, account: str, files: Mapping[str, bytes], title: str) -> None:
    """Push documents that only the office reads to the case's folder of the secret project."""
    below = {f"{stage.key.lower()}/{path}": content for path, content in files.items()}
    stage.who(account).push(SECRET, below, title)


def propose(stage: Stage, builder: str, reviewer: str, files: Files, title: str) -> str:
    """Propose a change of the application and have it merged; the new head of the default branch."""
    branch = f"usul-{len(stage.proposed) + 1}"
    stage.proposed.append(branch)
    author, merging = stage.who(builder), stage.who(reviewer)
    author.push(stage.aplikasi, dict(files), title, branch=branch)
    merging.merge(stage.aplikasi, author.open_request(stage.aplikasi, branch, title))
    return merging.head(stage.aplikasi, "main")


def joins(stage: Stage, account: str, project: str) -> None:
    """Wait until an account that was named in the case file is let into a repository."""
    stage.until(lambda: stage.who(account).enters(project), f"{account} masuk ke {project}")


def code_shown(stage: Stage, reader: str) -> str:
    """The digest of the code, once the card shows it: what tests and reviews name."""
    head = stage.who(reader).head(stage.aplikasi, "main")
    digest = stage.code_digest(head, reader)
    stage.until(lambda: stage.card_says(reader, digest), "kartu menampilkan digest kode yang diuji")
    return digest


def opened(stage: Stage, step: str) -> None:
    """Wait until the case stands at a step."""
    stage.until(lambda: open_step(stage) == step, f"kasus berada pada langkah {step}")


def open_step(stage: Stage) -> str:
    """The key of the step at which the case stands; empty at its end."""
    decision = stage.laik.reconciler.decision(stage.key)
    return decision.state.open.step.key if decision and decision.state.open else ""


def finished(stage: Stage) -> None:
    """Wait until laik answered the applicant and closed the case."""
    stage.until(lambda: stage.memory().finished, "kasus dijawab dan ditutup")


def named_on_card(stage: Stage, name: str, reader: str, step: str, *texts: str) -> None:
    """Note a refusal that the card tells in these words, while the step stays open."""
    seen = waits(stage, lambda: all(stage.card_says(reader, text) for text in texts))
    stage.refuse(name, seen and step not in stage.memory().closed)


def tried(stage: Stage, name: str, account: str, line: str, said: str) -> None:
    """Note a refusal: somebody pastes a line, it is void, and laik answers why."""
    before, told = len(stage.memory().acts), stage.times_answered(account, said)
    stage.who(account).say(CONTROL, stage.issue, line)
    stage.until_ruled(before, line)
    void = stage.memory().acts[before].ruling == "void"
    stage.refuse(name, void and waits(stage, lambda: stage.times_answered(account, said) > told))


def waits(stage: Stage, seen: Callable[[], bool]) -> bool:
    """Like ``until``, but what is not seen is counted, not raised."""
    try:
        stage.until(seen, "penolakan")
    except SceneFailed:
        return False
    return True
