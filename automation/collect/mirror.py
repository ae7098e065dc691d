"""Bare mirrors of the forge's projects: fetched in one go, then read without asking the forge again.

A mirror follows the forge's branches wherever they are forced to, and forgets no object: what was admitted
can be read after a force push took it off every branch. ``refs/laik/admitted/<sha>`` pins it even should
somebody collect garbage by hand. Nothing is ever checked out and no hook ever runs.

The token is asked for anew for each fetch and reaches git through the environment alone.

A fetch is left out when the forge's own list of branch heads (a conditional request, answered 304 while
nothing moved) says what this mirror holds. It is compared with the references in the mirror itself and
never with a remembered claim, so a mirror that was lost, restored from a backup or half fetched is simply
fetched. Such a look is as exact as a fetch: both show where the branches are at the moment of asking.
"""

from __future__ import annotations

import base64
import fcntl
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from automation.collect.gitcommand import GitAnswer, run_git
from automation.collect.gittree import GitTree, code_snapshot
from automation.collect.mirror_reading import Commit, Mirror, TreeEntry, broken
from automation.core.errors import ForgeUnreachable
from automation.core.text import Bilingual

__all__ = ["Commit", "GitTree", "Mirror", "Mirrors", "TreeEntry", "code_snapshot"]

TRANSFER_LIMIT = 2 * 1024**3  # bytes of one pack
FETCH_SECONDS = 600.0
# With more branches a fetch is cheaper: git tells all heads in one exchange, the API a hundred a page. Else
# whoever may push could make every event cost as many calls as he likes.
HEADS_ASKED = 200

FETCH_TRIES = 3  # a push may come between the list of heads and the fetch

Heads = Callable[[int], Mapping[str, str]]
"""Branch -> full commit id of a project, as the forge says now."""

_REFS = (
    "+refs/heads/*:refs/heads/*",
    "+refs/tags/*:refs/tags/*",
    "+refs/merge-requests/*/head:refs/merge-requests/*/head",  # GitLab's
    "+refs/pull/*/head:refs/pull/*/head",  # GitHub's
)


class Mirrors:
    """All mirrors under one state folder, one bare repository a project id."""

    def __init__(
        self,
        folder: Path,
        *,
        token_source: Callable[[], str],
        username: str = "oauth2",
        protocols: Sequence[str] = ("https", "http"),
        fetch_seconds: float = FETCH_SECONDS,
        transfer_limit: int = TRANSFER_LIMIT,
        heads: Heads | None = None,
        ca_file: Path | None = None,
    ) -> None:
        """Nothing is made or fetched yet.

        Args:
            folder: state folder; made when needed.
            token_source: gives the forge token at each fetch; an empty text for none.
            username: what the forge wants beside the token (GitLab ``oauth2``, GitHub ``x-access-token``).
            protocols: what git may speak; ``file`` for repositories on this machine.
            fetch_seconds: limit of one fetch, waiting for another one included.
            transfer_limit: bytes of the largest pack that is taken.
            heads: tells a project's branch heads; every :meth:`fetch` fetches when None.
            ca_file: certificates trusted instead of the machine's own.
        """
        self._folder = folder.resolve()
        self._token_source = token_source
        self._username = username
        self._protocols = tuple(protocols)
        self._fetch_seconds = fetch_seconds
        self._transfer_limit = transfer_limit
        self._heads = heads
        self._trust = {"http.sslCAInfo": str(ca_file)} if ca_file else {}
        self.fetches = 0
        """Fetches carried out so far, those of single commits included."""
        self._open: dict[int, Mirror] = {}
        self._urls: dict[int, str] = {}
        self._guard = threading.Lock()

    def fetch(self, project_id: int, http_url: str) -> Mirror:
        """Bring a project's mirror to what the forge shows now; without a fetch when it is there already.

        Raises:
            ForgeUnreachable: it could not be fetched; the mirror is as it was, nothing may be concluded.
            ForgeRefused: the forge does not tell the branch heads.
        """
        mirror = self.open(project_id, http_url)
        told = self._told(mirror)
        if told is not None and mirror.heads(HEADS_ASKED + 1) == told:
            return mirror
        for _ in range(FETCH_TRIES):
            answer = self._run_fetch(project_id, _REFS, prune=True)
            if not answer.ok:
                raise _unfetched(project_id, answer.complaint or "di luar batas waktu / out of time")
            if told is None or self._heads is None or _same_commits(mirror, told):
                return mirror
            told = dict(self._heads(project_id))  # pushed to in between, or not its repository
            if _same_commits(mirror, told):
                return mirror
        raise _unfetched(project_id, "alamatnya repositori lain / its address is another repository")

    def open(self, project_id: int, http_url: str) -> Mirror:
        """A project's mirror as it stands (empty when it was never fetched); asks the forge nothing.

        Raises:
            ForgeUnreachable: the address names no repository that laik would speak to.
        """
        self._hold_url(project_id, http_url)
        with self._guard:
            self._urls[project_id] = http_url
            if project_id not in self._open:
                self._make(project_id)
                self._open[project_id] = Mirror(
                    self._place(project_id),
                    project_id=project_id,
                    fetch=lambda what: self._run_fetch(project_id, what, prune=False),
                )
            return self._open[project_id]

    def _told(self, mirror: Mirror) -> Mapping[str, str] | None:
        """The forge's branch heads; None where they are not asked for.

        Heads suffice: requests from forks are refused, so the head of every request that counts is a branch
        of the same project; a commit that no branch offers any more is fetched by its id.
        """
        if self._heads is None or len(mirror.heads(HEADS_ASKED + 1)) > HEADS_ASKED:
            return None
        return dict(self._heads(mirror.project_id))

    def _make(self, project_id: int) -> None:
        place = self._place(project_id)
        if (place / "HEAD").exists():
            return
        place.mkdir(parents=True, exist_ok=True)
        made = run_git(["init", "--quiet", "--bare", "--template="], repository=place)
        if not made.ok:
            raise broken(project_id, made)

    def _run_fetch(self, project_id: int, what: Sequence[str], *, prune: bool) -> GitAnswer:
        url = self._urls[project_id]
        options = ["--quiet", "--no-tags", "--no-write-fetch-head", *(["--prune"] if prune else [])]
        with self._lock(project_id):
            self.fetches += 1
            try:
                return run_git(
                    ["fetch", *options, "--", url, *what],
                    repository=self._place(project_id),
                    settings={**self._trust, **self.credentials(url)},
                    protocols=self._protocols,
                    seconds=self._fetch_seconds,
                    file_limit=self._transfer_limit,
                )
            finally:
                _remove_leftovers(self._place(project_id))

    def credentials(self, url: str) -> dict[str, str]:
        """The token as a header for this one server; git sends it nowhere else."""
        token = self._token_source()
        parts = urlsplit(url)
        if not token or parts.scheme not in {"http", "https"}:
            return {}
        pair = base64.b64encode(f"{self._username}:{token}".encode()).decode("ascii")
        return {f"http.{parts.scheme}://{parts.netloc}/.extraHeader": f"Authorization: Basic {pair}"}

    def _hold_url(self, project_id: int, url: str) -> None:
        """Refuse an address with a password in it (it would stand in argv) or with another protocol."""
        parts = urlsplit(url)
        if "@" in parts.netloc or (parts.scheme or "file") not in self._protocols:
            raise _unfetched(project_id, "alamat tidak diterima / address not accepted")

    def _place(self, project_id: int) -> Path:
        return self._folder / f"{int(project_id)}.git"

    @contextmanager
    def _lock(self, project_id: int) -> Iterator[None]:
        """One fetch at a time into a mirror, over all threads and processes of this machine."""
        until = time.monotonic() + self._fetch_seconds
        with self._place(project_id).with_suffix(".lock").open("w") as handle:
            while not _locked(handle.fileno()):
                if time.monotonic() > until:
                    raise _unfetched(project_id, "cermin sedang dipakai / mirror is busy")
                time.sleep(0.02)
            yield


def _same_commits(mirror: Mirror, told: Mapping[str, str]) -> bool:
    """Whether what was fetched is what the forge tells of that project.

    git fetches by name, heads are told by number. The attack: a project is renamed, and somebody who takes
    its old name has his own policy or requests read as that project's. Commits are compared, not the names
    of branches, which one of the two may spell otherwise.
    """
    return set(mirror.heads(len(told) + 1).values()) == set(told.values())


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _remove_leftovers(place: Path) -> None:
    """Half-received packs of a fetch that was ended: repeated, they would fill the disk."""
    for leftover in (place / "objects" / "pack").glob("tmp_*"):
        leftover.unlink(missing_ok=True)


def _unfetched(project_id: int, why: str) -> ForgeUnreachable:
    return ForgeUnreachable(
        Bilingual(
            f"Repositori proyek {project_id} tidak dapat diambil: {why}.",
            f"The repository of project {project_id} could not be fetched: {why}.",
        ),
        remedy=Bilingual(
            "Dicoba lagi nanti; periksa alamat, token dan ukuran repositori.",
            "It is tried again later; check the address, the token and the repository's size.",
        ),
    )
