"""Who stands behind the e-mail addresses of commits, as far as that can be told.

Git author and committer fields are written by whoever commits, so they never *give* a right; here they only
take one away: an account that an address points to is taken for having worked on the change, and may not
approve it. Someone who writes a colleague's address bars that colleague, which costs time; the other way
round, a reviewer's own commits slipping in under another account's push, would cost the separation of duties.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# GitLab's and GitHub's private commit addresses: 12-nama@users.noreply.<host>
_NOREPLY = re.compile(r"(?P<id>\d+)[-+](?P<name>[^@]+)@users\.noreply\..+")


def stands_behind(account_id: int, username: str, email: str, addresses: Iterable[str]) -> bool:
    """Whether any of ``addresses`` points to the account.

    Args:
        account_id: the forge's immutable number.
        username: its user name, compared without case.
        email: the address the forge shows for it, empty when it shows none.
        addresses: author and committer addresses of the commits.
    """
    return any(_points_to(address.strip().casefold(), account_id, username, email) for address in addresses)


def _points_to(address: str, account_id: int, username: str, email: str) -> bool:
    if email and address == email.strip().casefold():
        return True
    private = _NOREPLY.fullmatch(address)
    if private is not None:
        return int(private["id"]) == account_id or private["name"] == username.casefold()
    return address.partition("@")[0] == username.casefold()
