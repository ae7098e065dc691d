from __future__ import annotations

import pytest

from automation.core.documents import CodeSnapshot, FileFact
from automation.core.evidence import CODE, Evidence, State
from automation.core.finding import Outcome
from tests.checks.worlds import CODE_DIGEST, COMMIT, TREE, down, judged, outcomes, without, world

ID = "code_is_built"


def findings_for(*own: str, size: int = 120):
    facts = tuple(FileFact(path, "b" * 40, size) for path in own)
    value = CodeSnapshot(COMMIT, TREE, CODE_DIGEST, facts, facts)
    return judged(ID, without(world({}), Evidence(CODE, State.PRESENT, digest=CODE_DIGEST, value=value)))


def test_code_written_since_the_scaffold_passes_and_is_counted():
    (finding,) = findings_for("app/Antrean.php", "routes/web.php", "README.md")
    assert finding.outcome is Outcome.PASS
    assert finding.seen.id.startswith("2 berkas")


@pytest.mark.parametrize(
    "path",
    ["README.md", "catatan.TXT", ".editorconfig", ".laik/jawaban.yml", "storage/.gitignore", "composer.lock"],
)
def test_notes_settings_and_hidden_files_are_no_code(path):
    assert outcomes(findings_for(path)) == {Outcome.FAIL}


def test_an_untouched_scaffold_and_empty_files_are_no_application():
    assert outcomes(findings_for()) == {Outcome.FAIL}
    assert outcomes(findings_for("app/Antrean.php", size=0)) == {Outcome.FAIL}


def test_no_repository_waits_and_an_unknown_one_is_an_error():
    assert outcomes(judged(ID, without(world({}), Evidence(CODE, State.ABSENT)))) == {Outcome.PENDING}
    assert outcomes(judged(ID, without(world({}), down(CODE)))) == {Outcome.ERROR}
