"""Sets resource limits on itself, then becomes the runner. Run by path, imports nothing of laik.

Usage: ``launcher.py CPU_SECONDS MEMORY_BYTES FILE_BYTES OPEN_FILES PROGRAM [ARGUMENT ...]``.
A program of its own rather than ``preexec_fn``: the worker has threads, and code between fork and exec
in a threaded process can hang.
"""

from __future__ import annotations

import os
import resource
import sys


def main() -> None:
    """Limit this process and everything it starts, then exec."""
    cpu, memory, file_bytes, open_files = (int(word) for word in sys.argv[1:5])
    for kind, value in (
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_NOFILE, open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (value, value))
    os.execv(sys.argv[5], sys.argv[5:])  # noqa: S606 - the whole point; the argument list comes from sandbox.py


if __name__ == "__main__":
    main()
