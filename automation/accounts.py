"""Whose a name in the policy is: names can be given up and taken again, numbers cannot.

The policy names accounts, since people read and write it. The attack: the head of an agency renames his
account, or it is deleted, and somebody who may comment gives himself the name that is free now; he would hold
the role. So the ledger keeps which account's a name was when the policy began to name it, and only that one's
words count. Taking the name out of the policy and putting it in again sets it anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from automation.core.act import Act
from automation.core.policy import Policy
from automation.forges.base import Comment, User
from automation.store.ledger import JSON, Ledger

LEDGER_KEY = "!akun"
NOBODY = 0
FindUser = Callable[[str], User | None]


class Accounts:
    """The accounts behind the policy's names, as the ledger has them."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._learnt: bytes | None = None

    def learn(
        self, policy: Policy, text: bytes, find_user: FindUser, acts: Iterable[Act], *, at: datetime
    ) -> bool:
        """Set names that are new to the policy, let go of those it names no more; True when one was written.

        Looked up once for each text of the policy. A name that nobody has yet is set when its account acts.
        """
        set_now, named = self._set(), {_hash(name): name for name in policy.accounts()}
        changes = dict.fromkeys(sorted(set_now.keys() - named.keys()), NOBODY)
        unset = named.keys() - set_now.keys()
        changes |= {_hash(act.account): act.account_id for act in acts if _hash(act.account) in unset}
        if text != self._learnt:
            for digest in sorted(unset - changes.keys()):
                found = find_user(named[digest])
                if found is not None and not found.bot:
                    changes[digest] = found.id
        for digest, account in changes.items():
            self._write(digest, account, at)
        self._learnt = text
        return bool(changes)

    def spoken(self, comments: Iterable[Comment]) -> tuple[Comment, ...]:
        """The comments, with an author who has another's name shown as nobody's: ``name#number``."""
        set_now = self._set()
        return tuple(replace(one, author=_told(one.author, set_now)) for one in comments)

    def holds(self, user: User) -> bool:
        """Whether the account is the one its name was set for, or the name is of no account yet."""
        return self._set().get(_hash(user.username), user.id) == user.id

    def _set(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for entry in self._ledger.entries(LEDGER_KEY):
            found[str(entry.body["name"])] = int(str(entry.body["account"]))
        return {digest: number for digest, number in found.items() if number != NOBODY}

    def _write(self, digest: str, account: int, at: datetime) -> None:
        expected = self._ledger.last_seq(LEDGER_KEY)
        body: dict[str, JSON] = {"name": digest, "account": account}
        self._ledger.append(LEDGER_KEY, "account", body, at=at, expect=expected)


def _told(author: User, set_now: dict[str, int]) -> User:
    if set_now.get(_hash(author.username), author.id) == author.id:
        return author
    return replace(author, username=f"{author.username}#{author.id}")


def _hash(name: str) -> str:
    return hashlib.sha256(name.casefold().encode()).hexdigest()
