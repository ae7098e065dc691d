"""What one scan may use. Beyond a limit a source file is *unscanned*, which closes the gate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one scan.

    Attributes:
        file_bytes: a larger source file is not scanned (ast-grep itself skips beyond 3 MB in silence).
        file_lines: a longer source file is not scanned (ast-grep skips beyond 200 000 lines in silence).
        files: entries of the tree; a larger tree is refused whole.
        total_bytes: all scanned source files together.
        wall_seconds: one runner, by the clock on the wall.
        cpu_seconds: one runner, processor time.
        memory_bytes: address space of one runner process.
        output_bytes: the largest file a runner may write, its answer included.
        open_files: files a runner may hold open.
    """

    file_bytes: int = 1_000_000
    file_lines: int = 100_000
    files: int = 50_000
    total_bytes: int = 64_000_000
    wall_seconds: float = 60.0
    cpu_seconds: int = 60
    memory_bytes: int = 2 * 1024**3
    output_bytes: int = 128 * 1024**2
    open_files: int = 256


DEFAULT = Limits()
