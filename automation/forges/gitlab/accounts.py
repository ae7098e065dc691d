"""Who is who on GitLab."""

from __future__ import annotations

from gitlab.exceptions import GitlabGetError

from automation.forges.base import User
from automation.forges.gitlab import convert
from automation.forges.gitlab.session import Part, asks, is_absent


class AccountsPart(Part):
    """Accounts. Whether an account is a bot is asked once an account and remembered: it does not change."""

    _me: User | None
    _bots: dict[int, bool]

    @asks("menanyakan akun token", "tell whose token this is")
    def whoami(self) -> User:
        """The account the adapter's token belongs to."""
        if self._me is None:
            self._client.auth()
            assert self._client.user is not None  # noqa: S101 - auth() has set it or raised
            self._me = convert.user(self._client.user.attributes)
        return self._me

    @asks("mencari akun", "find an account")
    def find_user(self, username: str) -> User | None:
        """The account of that name, or None."""
        wanted = username.casefold()
        for found in self._client.users.list(username=username, iterator=True):
            if str(found.username).casefold() == wanted:
                return self._person(found.attributes)
        return None

    def _person(self, data: convert.Data) -> User:
        """The account in a note, issue or list, where GitLab leaves out whether it is a bot."""
        if "bot" in data:
            return convert.user(data)
        return convert.user(data, bot=self._is_bot(data["id"]))

    def _is_bot(self, user_id: int) -> bool:
        if user_id not in self._bots:
            try:
                self._bots[user_id] = bool(self._client.users.get(user_id).attributes.get("bot"))
            except GitlabGetError as problem:
                if not is_absent(problem):
                    raise
                self._bots[user_id] = False
        return self._bots[user_id]
