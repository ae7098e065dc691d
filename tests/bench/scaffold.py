"""Rendering a 30-file template, and committing it, beside cookiecutter and copier in the same run."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from automation.cli._tree import TreeWriter
from automation.core.render import RenderedFile, render_tree
from automation.core.sandbox import compile_text
from automation.core.template import TemplateSource, source_of
from automation.localforge.git import Repository
from automation.localforge.gitrecords import FileChange
from tests.bench.timing import Measure, against, medians
from tests.bench.world import ANSWERS, expected, found, laik_files, write_cookiecutter, write_copier

ROUNDS = 15
IDENTITY = {"name": "laik", "email": "laik@contoh.go.id"}


def memory_folder() -> str | None:
    """A folder on a memory file system where there is one: it shows the programs, not the disk."""
    shared = Path("/dev/shm")
    return str(shared) if shared.is_dir() and os.access(shared, os.W_OK) else None


def render() -> Iterator[Measure]:
    """Thirty files written by each of the three, in this process, into the same file system."""
    with tempfile.TemporaryDirectory(dir=memory_folder()) as scratch:
        stage = _Stage(Path(scratch))
        stage.prove()
        times = medians(
            ROUNDS,
            laik=stage.laik,
            laik_first=stage.laik_first,
            cookiecutter=stage.cookiecutter,
            copier=stage.copier,
        )
    yield against("render_30_files", times["laik"], "cookiecutter", times["cookiecutter"])
    yield against("render_30_files", times["laik"], "copier", times["copier"])
    yield against("render_30_files_uncached", times["laik_first"], "cookiecutter", times["cookiecutter"])


def render_to_disk() -> Iterator[Measure]:
    """The same into the system's temporary folder; creating thirty files there is much of laik's time."""
    with tempfile.TemporaryDirectory() as scratch:
        stage = _Stage(Path(scratch))
        times = medians(ROUNDS, laik=stage.laik, cookiecutter=stage.cookiecutter, copier=stage.copier)
    yield against("render_30_files_to_disk", times["laik"], "cookiecutter", times["cookiecutter"])
    yield against("render_30_files_to_disk", times["laik"], "copier", times["copier"])


def render_and_commit() -> Iterator[Measure]:
    """The same thirty files as one commit on a new branch of a bare repository."""
    with tempfile.TemporaryDirectory(dir=memory_folder()) as scratch:
        stage = _Stage(Path(scratch))
        bare = Path(scratch) / "bare.git"
        repository = Repository(bare)
        repository.init()
        stage.commit_laik(repository)
        times = medians(
            ROUNDS,
            laik=lambda: stage.commit_laik(repository),
            cookiecutter=lambda: stage.commit_peer(stage.cookiecutter, bare),
            copier=lambda: stage.commit_peer(stage.copier, bare),
        )
    yield against("render_and_commit_30_files", times["laik"], "cookiecutter", times["cookiecutter"])
    yield against("render_and_commit_30_files", times["laik"], "copier", times["copier"])


class _Stage:
    """The three forms of the template under ``root``, and a way to run each into a fresh folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._numbers = itertools.count()
        self._cookie = write_cookiecutter(root / "cookiecutter")
        self._copier = write_copier(root / "copier")
        self._source: TemplateSource = source_of("tiga-puluh", laik_files())

    def _fresh(self) -> Path:
        return self._root / "out" / str(next(self._numbers))

    def laik(self) -> Path:
        out = self._fresh()
        TreeWriter(out).write_all(self._rendered())
        return out

    def laik_first(self) -> Path:
        """As in a new process: the manifest is parsed and every template compiled again."""
        compile_text.cache_clear()
        self._source = source_of("tiga-puluh", laik_files())
        return self.laik()

    def cookiecutter(self) -> Path:
        from cookiecutter.main import cookiecutter  # type: ignore[import-untyped]

        out = self._fresh()
        out.mkdir(parents=True)
        return Path(
            cookiecutter(
                str(self._cookie),
                no_input=True,
                output_dir=str(out),
                config_file=str(self._cookie / "settings.yaml"),
                accept_hooks=False,
            )
        )

    def copier(self) -> Path:
        from copier import run_copy

        out = self._fresh()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run_copy(str(self._copier), out, data=dict(ANSWERS), defaults=True, quiet=True)
        return out

    def prove(self) -> None:
        """All three write the same bytes, or the comparison means nothing."""
        for run in (self.laik, self.cookiecutter, self.copier):
            if found(run()) != expected():
                raise SystemExit(f"{run.__name__} did not write the expected files")

    def commit_laik(self, repository: Repository) -> str:
        changes = [FileChange(file.path, file.content) for file in self._rendered()]
        return repository.commit_files(
            f"laik{next(self._numbers)}",
            parent=None,
            message="Kerangka aplikasi",
            author_name=IDENTITY["name"],
            author_email=IDENTITY["email"],
            changes=changes,
        )

    def commit_peer(self, run: Callable[[], Path], bare: Path) -> None:
        """The shortest way from a folder to a commit: no clone, no push, straight into the repository."""
        tree = run()
        branch = f"refs/heads/peer{next(self._numbers)}"
        environment = {
            **os.environ,
            "GIT_DIR": str(bare),
            "GIT_WORK_TREE": str(tree),
            "GIT_INDEX_FILE": str(tree.parent / f"{tree.name}.index"),
            **{
                f"GIT_{who}_{key.upper()}": text
                for who in ("AUTHOR", "COMMITTER")
                for key, text in IDENTITY.items()
            },
        }
        git = shutil.which("git") or "git"
        for words in (
            ["symbolic-ref", "HEAD", branch],
            ["add", "--all"],
            ["commit", "-qm", "Kerangka aplikasi"],
        ):
            subprocess.run([git, *words], cwd=tree, env=environment, check=True, capture_output=True)

    def _rendered(self) -> tuple[RenderedFile, ...]:
        return render_tree(self._source, ANSWERS)
