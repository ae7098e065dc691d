"""``python -m tests.specgate``: fetch GitHub's specifications and cut them down, once."""

from __future__ import annotations

import subprocess
import sys

from tests.specgate.packages import PackageRefused, cache_file, make, vendor


def main() -> int:
    """Make the cache; without npm or network say so and leave the tests to skip."""
    try:
        make()
    except FileNotFoundError:
        print("npm tidak ada: spesifikasi GitHub tidak diuji / no npm: GitHub's specifications are skipped")
        return 0
    except (subprocess.SubprocessError, OSError) as problem:
        # Offline the other tests still run; where skipping is forbidden, the skips of these fail.
        print(
            f"npm gagal, spesifikasi GitHub tidak diuji / npm failed: {type(problem).__name__}",
            file=sys.stderr,
        )
        return 0
    except PackageRefused as problem:
        print(problem, file=sys.stderr)
        return 1
    rest = vendor()["rest"]
    for name in rest["unknown"]:
        print(f"tidak didokumentasikan / not documented: {name}", file=sys.stderr)
    print(f"{cache_file().name}: {len(rest['operations'])} operasi / operations")
    return 1 if rest["unknown"] else 0


if __name__ == "__main__":
    sys.exit(main())
