"""The first commit of an empty repository, pushed with git.

GitHub's git data API answers 409 while a repository is empty, and the documented way out, one file through
``PUT /contents``, makes a commit of its own (docs.github.com/rest/guides/
using-the-rest-api-to-interact-with-your-git-database). A scaffold made so would be two commits, and one that
was cut off between them would look like a finished one. A push is one commit or nothing.

The token reaches git through the environment; argument lists can be read by every user of the machine.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from automation.core.errors import ForgeRefused, ForgeUnreachable, LaikError
from automation.core.text import Bilingual
from automation.forges.base import FileWrite, User

__all__ = ["FirstPush", "is_safe_path"]

_SECONDS = 300.0
_PASSED_ON = ("PATH", "http_proxy", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "SSL_CERT_FILE")


@dataclass(frozen=True, slots=True)
class FirstPush:
    """Where to, and as whom. ``url`` holds no account."""

    url: str
    username: str
    token: str = field(repr=False)
    author: User
    ca_file: str | None = None

    def push(self, branch: str, message: str, files: Sequence[FileWrite]) -> str:
        """One commit without a parent on a branch that must not exist yet; its full id.

        Raises:
            ForgeRefused: the forge takes no such push (somebody was faster, no right to, a rule of the
                organisation), or a path is not safe.
            ForgeUnreachable: it is not known whether it was pushed.
        """
        unsafe = [file.path for file in files if not is_safe_path(file.path)]
        if unsafe:
            raise _refused(f"path {unsafe[0][:120]!a}")
        with tempfile.TemporaryDirectory(prefix="laik-push-") as folder:
            repository = Path(folder) / "repo.git"
            self._git(repository, "init", "--quiet", "--bare", "--template=", str(repository))
            stream = _stream(self.author, branch, message, files)
            made = self._git(
                repository, "fast-import", "--quiet", "--done", "--date-format=raw", stdin=stream
            )
            sha = made.stdout.decode().strip()
            # No force: on a branch that came into being meanwhile this is refused as no fast-forward.
            done = self._git(repository, "push", "--porcelain", self.url, f"{sha}:refs/heads/{branch}")
            if done.returncode:
                raise _failed(done.stdout, done.stderr)
            return sha

    def _git(
        self, repository: Path, *arguments: str, stdin: bytes = b""
    ) -> subprocess.CompletedProcess[bytes]:
        program = shutil.which("git")
        if program is None:
            raise _missing()
        try:
            return subprocess.run(  # noqa: S603 - argument list, program by its full path, no shell
                [program, f"--git-dir={repository}", *arguments],
                input=stdin,
                capture_output=True,
                env=self._environment(),
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _unknown("timeout") from None

    def _environment(self) -> Mapping[str, str]:
        account = base64.b64encode(f"{self.username}:{self.token}".encode()).decode()
        settings = {
            "core.hooksPath": os.devnull,
            "credential.helper": "",
            # A forge that redirects, or whoever answers in its place, would be handed the token anew.
            "http.followRedirects": "false",
            "http.extraHeader": f"Authorization: Basic {account}",
            **({"http.sslCAInfo": self.ca_file} if self.ca_file else {}),
        }
        numbered = {"GIT_CONFIG_COUNT": str(len(settings))}
        for number, (key, value) in enumerate(settings.items()):
            numbered[f"GIT_CONFIG_KEY_{number}"] = key
            numbered[f"GIT_CONFIG_VALUE_{number}"] = value
        return {
            **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            "HOME": os.devnull,
            "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "true",
            "GIT_ALLOW_PROTOCOL": "https:http",
            **numbered,
        }


def is_safe_path(path: str) -> bool:
    """Whether a path stays in the repository and out of ``.git``, and cannot end a line of a stream."""
    parts = path.split("/")
    plain = path.isprintable() and "\\" not in path and '"' not in path
    return plain and not any(
        part in {"", ".", ".."} or part.lower().rstrip(". ") in {".git", "git~1"} for part in parts
    )


def _stream(author: User, branch: str, message: str, files: Sequence[FileWrite]) -> bytes:
    """The fast-import stream of the commit, which answers with its id."""
    # GitHub's own address for an account that shows none (docs.github.com/account-and-profile).
    address = f"{author.id}+{author.username}@users.noreply.github.com"
    name = "".join(ch for ch in author.name or author.username if ch.isprintable() and ch not in "<>")
    who = f"{name} <{address}> {int(time.time())} +0000"
    text = message.replace("\0", "").encode()
    parts = [
        f"commit refs/heads/{branch}\nmark :1\nauthor {who}\ncommitter {who}\ndata {len(text)}\n".encode(),
        text,
        b"\n",
    ]
    for file in files:
        if file.content is not None:
            mode = "100755" if file.executable else "100644"
            head = f'M {mode} inline "{file.path}"\ndata {len(file.content)}\n'
            parts += [head.encode(), file.content, b"\n"]
    return b"".join([*parts, b"\nget-mark :1\ndone\n"])


def _failed(said: bytes, complaint: bytes) -> LaikError:
    """A push that was answered with a no, or one of which nothing is known."""
    rejected = [line for line in said.decode("utf-8", "replace").splitlines() if line.startswith("!")]
    if rejected:
        return _refused(rejected[0].rpartition("\t")[2])
    told = complaint.decode("utf-8", "replace")
    for word, status in (("error: 401", 401), ("error: 403", 403), ("not found", 404), ("error: 404", 404)):
        if word in told.lower() or (status == 401 and "Authentication failed" in told):
            return _refused(f"HTTP {status}", status)
    return _unknown("git push")


def _refused(word: str, status: int = 422) -> ForgeRefused:
    told = "".join(ch if ch.isprintable() else "?" for ch in word)[:300]
    return ForgeRefused(
        Bilingual(f"GitHub menolak commit pertama: {told}.", f"GitHub refused the first commit: {told}."),
        remedy=Bilingual(
            "Periksa hak tulis akun atau App laik (Contents: write) dan aturan organisasi.",
            "Check that laik's account or App may write (Contents: write), and the organisation's rules.",
        ),
        status=status,
    )


def _unknown(why: str) -> ForgeUnreachable:
    return ForgeUnreachable(
        Bilingual(
            f"Tidak diketahui apakah commit pertama sampai di GitHub ({why}).",
            f"It is not known whether the first commit reached GitHub ({why}).",
        ),
        remedy=Bilingual(
            "Periksa jaringan dan keadaan GitHub; laik melihat lagi sebelum menulis lagi.",
            "Check the network and GitHub's health; laik looks again before it writes again.",
        ),
    )


def _missing() -> ForgeRefused:
    return ForgeRefused(
        Bilingual("Program git tidak ada.", "The program git is not there."),
        remedy=Bilingual("Pasang git (apt-get install git).", "Install git (apt-get install git)."),
    )
