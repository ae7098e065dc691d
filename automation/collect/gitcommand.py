"""Run git on repositories that strangers fill: no configuration but ours, no hooks, no prompt, with limits.

Everything git could be told by its surroundings is switched off: system and user configuration, hooks,
replace references, helpers that ask for passwords, protocols that run programs (``ext::``), tracing
(``GIT_TRACE_CURL`` would write the token to the log). Settings travel in the environment
(``GIT_CONFIG_COUNT``): the argument list of a process can be read by every user of the machine.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from automation.core.errors import LaikError, UnreadableDocument, Where
from automation.core.text import Bilingual

OUTPUT_LIMIT = 64 * 1024 * 1024
READ_SECONDS = 60.0

# Of the surroundings only what a machine needs to reach the network at all.
_PASSED_ON = (
    "PATH",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "no_proxy",
    "NO_PROXY",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
)
_ALWAYS = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "true",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "LC_ALL": "C",
}
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "core.bigFileThreshold": "16m",  # larger objects are streamed, never held in memory
    "core.quotePath": "false",
    "gc.auto": "0",  # nothing is ever collected away: admitted blobs survive a force push
    "maintenance.auto": "false",
    "transfer.fsckObjects": "true",
    "fetch.fsckObjects": "true",
    "http.lowSpeedLimit": "1000",
    "http.lowSpeedTime": "60",
    # A forge that redirects (or whoever answers in its place) would be handed the token's header anew.
    "http.followRedirects": "false",
    "log.mailmap": "false",
}
# POSIX: `ulimit -f` counts blocks of 512 bytes and holds for everything git starts.
_WITH_FILE_LIMIT = 'ulimit -f "$1" && shift && exec "$@"'


class GitMissing(LaikError):
    """There is no git on this machine."""


class OutputTooLarge(UnreadableDocument):
    """git had more to say than the limit (for example a tree of trees that unfolds without end)."""


@dataclass(frozen=True, slots=True)
class GitAnswer:
    """How a git command ended. ``code`` is -1 when it ran over its time."""

    code: int
    output: bytes
    complaint: str

    @property
    def ok(self) -> bool:
        """Whether it ended well."""
        return self.code == 0


def run_git(
    arguments: Sequence[str],
    *,
    repository: Path,
    settings: Mapping[str, str] | None = None,
    protocols: Sequence[str] = (),
    seconds: float = READ_SECONDS,
    output_limit: int = OUTPUT_LIMIT,
    file_limit: int = 0,
) -> GitAnswer:
    """Run one git command on a bare repository.

    Args:
        arguments: without the program; what comes from outside is checked by the caller.
        repository: the bare repository's folder.
        settings: more git settings; may hold secrets.
        protocols: what git may speak to other machines; none by default.
        seconds: after this the command and all it started are ended.
        output_limit: bytes of output, over which it is ended.
        file_limit: bytes of the largest file it may write; 0 for no limit.

    Raises:
        GitMissing: no git here.
        OutputTooLarge: over ``output_limit``.
    """
    command = [_program("git"), f"--git-dir={repository}", *arguments]
    if file_limit:
        blocks = str(max(1, file_limit // 512))
        command = [_program("sh"), "-c", _WITH_FILE_LIMIT, "sh", blocks, *command]
    environment = _environment({**_SETTINGS, **(settings or {})}, protocols)
    return _run(command, environment, seconds, output_limit, repository)


def _run(
    command: Sequence[str], environment: Mapping[str, str], seconds: float, limit: int, repository: Path
) -> GitAnswer:
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(  # noqa: S603 - a list of arguments, programs by full path
            command,
            cwd=repository.parent,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,
        ) as process,
    ):
        late = threading.Event()
        timer = threading.Timer(seconds, _end_late, [process, late])
        timer.start()
        try:
            output = process.stdout.read(limit + 1) if process.stdout else b""
            if len(output) > limit:
                _end(process)
                raise _too_large(limit)
            process.wait()
        finally:
            timer.cancel()
        complaints.seek(0)
        return GitAnswer(
            -1 if late.is_set() else process.returncode, output, _complaint(complaints.read(65536))
        )


def _end_late(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the command with its helpers (git-remote-https would go on talking)."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _complaint(raw: bytes) -> str:
    """Git's own last complaint in one printable line, without what the other side says (``remote:``)."""
    lines = raw.decode("utf-8", "replace").replace("\r", "\n").splitlines()
    own = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return "".join(ch if ch.isprintable() else "?" for ch in (own[-1] if own else ""))[:200]


def _environment(settings: Mapping[str, str], protocols: Sequence[str]) -> dict[str, str]:
    surroundings = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (key, value) in enumerate(settings.items()):
        numbered[f"GIT_CONFIG_KEY_{number}"] = key
        numbered[f"GIT_CONFIG_VALUE_{number}"] = value
    return {**surroundings, **_ALWAYS, "GIT_ALLOW_PROTOCOL": ":".join(protocols), **numbered}


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise GitMissing(
            Bilingual(f"Program {name} tidak ada.", f"The program {name} is not there."),
            remedy=Bilingual("Pasang git (apt-get install git).", "Install git (apt-get install git)."),
        )
    return found


def _too_large(limit: int) -> OutputTooLarge:
    return OutputTooLarge(
        Bilingual(
            f"Isi repositori melampaui batas baca {limit} byte.",
            f"The repository's content is over the reading limit of {limit} bytes.",
        ),
        remedy=Bilingual(
            "Periksa repositori itu; kurangi jumlah berkasnya.", "Look at the repository; keep fewer files."
        ),
        where=Where(),
    )
