"""The policy in force: the one that the ledger admitted last, whatever stands on the branch.

The ledger keeps its hash; its text lies in ``LAIK_STATE`` (``kebijakan-berlaku.yaml``, which is also what
apply is handed) and, for as long as nobody rewrites history, in the control project. A copy that was changed
or lost is read from there again; it counts only when it is the text that was admitted, to the byte.

A ledger that knows no policy yet takes the one on the protected branch: that is how an installation begins,
and how one goes on that began before policy was admitted.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import cast

from automation.accounts import Accounts
from automation.collect.mirror import Mirror
from automation.core.errors import InvalidPolicy, Where
from automation.core.policy import Policy
from automation.core.policyadmission import (
    KIND,
    PolicyChange,
    StandingPolicy,
    first_entry,
    standing_policy,
)
from automation.core.text import Bilingual
from automation.forges.base import User
from automation.keys import POLICY
from automation.store.ledger import JSON, Ledger, moved_on

POLICY_FILE = "laik.yaml"
COPY = "kebijakan-berlaku.yaml"

FindUser = Callable[[str], User | None]


class PolicyInForce:
    """Which policy is in force, and its text."""

    def __init__(self, ledger: Ledger, state: Path, *, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._now = now
        self._accounts = Accounts(ledger)
        self.copy = state / COPY
        """Where the text lies."""

    def standing(self) -> StandingPolicy | None:
        """What the ledger says; None while it knows no policy."""
        return standing_policy(self._ledger.entries(POLICY))

    def text(self, standing: StandingPolicy, mirror: Mirror, *, path: str) -> bytes:
        """The text of the policy in force.

        Args:
            standing: what the ledger says.
            mirror: of the control project.
            path: the name that errors give.

        Raises:
            InvalidPolicy: it is nowhere any more, so nothing is decided until one is admitted by hand; or
                it was found and cannot be kept, and apply would have none.
        """
        kept = self._kept()
        if kept is not None and digest_of_text(kept) == standing.digest:
            return kept
        found = mirror.read_blob(standing.blob)
        if found is None or digest_of_text(found) != standing.digest:
            raise _lost(path)
        self._keep(found)
        return found

    def begin(self, text: bytes, policy: Policy, find_user: FindUser, me: User) -> StandingPolicy:
        """Take the first policy that this ledger knows, as it stands.

        Raises:
            LedgerConflict: somebody else was first.
        """
        owners = tuple(one.id for one in self.owners_of(policy, find_user, me).values() if one is not None)
        return self.admit(text, first_entry(change_to(text, owners)), over=None)

    def admit(
        self, text: bytes, entry: Mapping[str, object], *, over: StandingPolicy | None
    ) -> StandingPolicy:
        """Write an entry of admission, and keep its text.

        The text is kept first: cut off in between, the copy is not the policy in force and is read anew.

        Args:
            text: of the policy.
            entry: what the ledger is to say.
            over: the policy in force when this was judged; None where there was none.

        Raises:
            LedgerConflict: another one came into force meanwhile; nothing was agreed to over that.
        """
        entries = self._ledger.entries(POLICY)
        last = entries[-1].seq if entries else 0
        if standing_policy(entries) != over:
            raise moved_on(POLICY, last)
        self._keep(text)
        self._ledger.append(POLICY, KIND, cast(Mapping[str, JSON], entry), at=self._now(), expect=last)
        found = self.standing()
        if found is None:
            raise AssertionError("the entry that was just written cannot be read")
        return found

    def owners_of(self, policy: Policy, find_user: FindUser, me: User) -> Mapping[str, User | None]:
        """The accounts behind the owners that a policy names; None for one who cannot own it.

        That is a name without an account, a bot, laik itself, and a name that the ledger keeps for another
        account which had it before.
        """
        found: dict[str, User | None] = {}
        for name in policy.pemilik_kebijakan:
            user = find_user(name)
            fit = user is not None and not user.bot and user.id != me.id and self._accounts.holds(user)
            found[name] = user if fit else None
        return found

    def _kept(self) -> bytes | None:
        try:
            return self.copy.read_bytes()
        except OSError:
            return None

    def _keep(self, text: bytes) -> None:
        """Whole or not at all: apply may be reading it."""
        beside = self.copy.with_name(f".{COPY}.{secrets.token_hex(4)}")
        try:
            self.copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside.write_bytes(text)
            beside.replace(self.copy)
        except OSError as problem:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise _not_kept(self.copy, problem) from None


def change_to(
    text: bytes | None, owners: tuple[int, ...], problems: tuple[Bilingual, ...] = ()
) -> PolicyChange:
    """A change to a text; None takes the file away."""
    if text is None:
        return PolicyChange("", "", owners, problems)
    return PolicyChange(digest_of_text(text), _blob_id(text), owners, problems)


def digest_of_text(text: bytes) -> str:
    """Hex SHA-256 of a policy's bytes."""
    return hashlib.sha256(text).hexdigest()


def _blob_id(text: bytes) -> str:
    """As git names the content in a repository of SHA-1; used to find it again, never to trust it."""
    return hashlib.sha1(b"blob %d\0" % len(text) + text, usedforsecurity=False).hexdigest()


def _not_kept(copy: Path, problem: OSError) -> InvalidPolicy:
    return InvalidPolicy(
        Bilingual(
            f"Teks kebijakan yang berlaku tidak dapat disimpan ({problem.strerror}).",
            f"The text of the policy in force cannot be kept ({problem.strerror}).",
        ),
        remedy=Bilingual(
            "Singkirkan yang menghalangi berkas itu, atau sediakan ruang dan izin tulis bagi laik.",
            "Take away what stands in that file's place, or give laik room and the right to write.",
        ),
        where=Where(file=str(copy)),
    )


def _lost(path: str) -> InvalidPolicy:
    return InvalidPolicy(
        Bilingual(
            "Teks kebijakan yang berlaku tidak ada lagi, baik di mesin laik maupun di proyek kendali.",
            "The text of the policy in force is gone, from laik's machine and from the control project.",
        ),
        remedy=Bilingual(
            f"Pulihkan {COPY} dari cadangan. Bila tidak ada: periksa {POLICY_FILE} pada cabang utama, lalu"
            " jalankan `laik policy admit` di mesin laik.",
            f"Restore {COPY} from a backup. Without one: look at {POLICY_FILE} on the default branch, then"
            " run `laik policy admit` on laik's machine.",
        ),
        where=Where(file=path),
    )
