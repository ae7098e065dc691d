"""Accounts and their personal access tokens."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence

from automation.localforge.engine import Engine
from automation.localforge.records import Token, User
from automation.localforge.refusals import not_found, refused

SCOPES = frozenset({"api", "read_api", "read_user", "read_repository", "write_repository"})
GITHUB_SCOPES = frozenset(
    {"repo", "admin:org", "read:org", "admin:repo_hook", "project", "delete_repo", "workflow", "user"}
    | {"site_admin", "fine-grained", "installation"}
)
"""Of GitHub's scopes those that laik names; the last two mark tokens that name no scopes to anyone."""
_USERNAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}")


def create_user(
    engine: Engine, username: str, *, name: str = "", email: str = "", admin: bool = False, bot: bool = False
) -> User:
    """A new account with its own namespace.

    Raises:
        Refusal: 409 when the name is taken, 400 when it is none.
    """
    if not _USERNAME.fullmatch(username) or username.endswith((".", ".git", ".atom")):
        raise refused(400, {"username": ["can contain only letters, digits, '_', '-' and '.'"]})
    return _insert_user(engine, username, name=name, email=email, admin=admin, bot=bot)


def create_bot(engine: Engine, username: str, *, name: str) -> User:
    """The bot account of a GitHub App, whose name (``slug[bot]``) no person can have."""
    return _insert_user(engine, username, name=name, email="", admin=False, bot=True)


def _insert_user(engine: Engine, username: str, *, name: str, email: str, admin: bool, bot: bool) -> User:
    if find_user(engine, username) is not None or _namespace_taken(engine, username):
        raise refused(409, "Username has already been taken")
    now = engine.now()
    user_id = engine.store.insert(
        "users",
        username=username,
        name=name or username,
        email=email or f"{username}@forge.invalid",
        admin=admin,
        bot=bot,
        created_at=now,
    )
    engine.store.insert(
        "namespaces",
        kind="user",
        path=username,
        full_path=username,
        name=name or username,
        owner_id=user_id,
        created_at=now,
    )
    return get_user(engine, user_id)


def _namespace_taken(engine: Engine, path: str) -> bool:
    return engine.store.value("SELECT 1 FROM namespaces WHERE full_path = ?", path) is not None


def get_user(engine: Engine, user_id: int) -> User:
    """The account with that id.

    Raises:
        Refusal: 404 when there is none.
    """
    user = engine.store.one(User, "SELECT * FROM users WHERE id = ?", user_id)
    if user is None:
        raise not_found("User")
    return user


def find_user(engine: Engine, username: str) -> User | None:
    """The account of that name (letter case does not count), or None."""
    return engine.store.one(User, "SELECT * FROM users WHERE username = ?", username)


def list_users(engine: Engine, *, username: str | None = None, search: str | None = None) -> Sequence[User]:
    """Accounts, newest first as GitLab lists them."""
    if username is not None:
        return engine.store.all(User, "SELECT * FROM users WHERE username = ?", username)
    like = f"%{search or ''}%"
    return engine.store.all(
        User, "SELECT * FROM users WHERE username LIKE ? OR name LIKE ? ORDER BY id DESC", like, like
    )


def create_token(
    engine: Engine,
    user: User,
    name: str,
    *,
    scopes: Sequence[str] = ("api",),
    expires_at: str | None = None,
    form: str | None = None,
) -> tuple[Token, str]:
    """A new token for ``user``: the record and, this once, the token itself.

    ``expires_at``: a day, or for tokens that live for hours a moment as the tables keep it; ``form``: the
    token itself where it does not look like a person's (it must hold enough chance).
    """
    github = engine.dialect == "github"
    if not scopes or not set(scopes) <= (GITHUB_SCOPES if github else SCOPES):
        raise refused(400, {"scopes": ["can only contain available scopes"]})
    token = form or ("ghp_" + secrets.token_hex(18) if github else "glpat-" + secrets.token_urlsafe(20))
    token_id = engine.store.insert(
        "tokens",
        user_id=user.id,
        name=name,
        digest=_digest(token),
        scopes=" ".join(scopes),
        created_at=engine.now(),
        expires_at=expires_at,
    )
    return get_token(engine, token_id), token


def get_token(engine: Engine, token_id: int) -> Token:
    """The token record with that id, or 404."""
    record = engine.store.one(Token, "SELECT * FROM tokens WHERE id = ?", token_id)
    if record is None:
        raise not_found("Personal Access Token")
    return record


def list_tokens(engine: Engine, user_id: int | None = None) -> Sequence[Token]:
    """Token records, of one account or of all."""
    if user_id is None:
        return engine.store.all(Token, "SELECT * FROM tokens ORDER BY id")
    return engine.store.all(Token, "SELECT * FROM tokens WHERE user_id = ? ORDER BY id", user_id)


def revoke_token(engine: Engine, token_id: int) -> None:
    """Let a token open nothing any more."""
    engine.store.update("tokens", token_id, revoked=True)


def authenticate(engine: Engine, token: str) -> tuple[User, Token] | None:
    """Who a token belongs to, or None when it opens nothing.

    Only digests are kept, so a stolen database opens no account. The row is found by the digest of what
    was sent (no secret is compared byte by byte by the index in a way a caller could steer), and the
    digests are compared once more in constant time.
    """
    digest = _digest(token)
    record = engine.store.one(Token, "SELECT * FROM tokens WHERE digest = ?", digest)
    if record is None or not hmac.compare_digest(record.digest, digest):
        return None
    ends = record.expires_at
    if record.revoked or (ends is not None and ends <= engine.now()[: len(ends)]):
        return None
    user = engine.store.one(User, "SELECT * FROM users WHERE id = ? AND state = 'active'", record.user_id)
    return None if user is None else (user, record)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
