"""GitHub Apps: their keys, installations and hourly tokens.

No REST makes an App (people do that on a page), so :func:`create_app` is what tests and the demo call.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from automation.localforge import users
from automation.localforge.engine import Engine, stamp
from automation.localforge.members import set_member
from automation.localforge.permissions import OWNER
from automation.localforge.records import Namespace, User
from automation.localforge.refusals import not_found

TOKEN_LIFE = timedelta(hours=1)
# GitHub refuses a JWT that is to live for more than ten minutes.
_LONGEST_JWT = 600
_SKEW = 60


@dataclass(frozen=True, slots=True)
class App:
    """An App; ``permissions`` is a JSON object of name to read or write."""

    id: int
    slug: str
    bot_id: int
    public_key: str
    permissions: str
    created_at: str


@dataclass(frozen=True, slots=True)
class Installation:
    """An App on one account."""

    id: int
    app_id: int
    namespace_id: int
    created_at: str


@dataclass(frozen=True, slots=True)
class AppSecrets:
    """A new App, with the key that is shown this once."""

    app_id: int
    slug: str
    private_key_pem: str = field(repr=False)
    installation_ids: tuple[int, ...] = ()


def create_app(
    engine: Engine, slug: str, permissions: Mapping[str, str], *, organisations: tuple[str, ...] = ()
) -> AppSecrets:
    """A new App with its bot account ``<slug>[bot]``, installed on the organisations of those names."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with engine.store.transaction():
        bot = users.create_bot(engine, f"{slug}[bot]", name=slug)
        app_id = engine.store.insert(
            "apps",
            slug=slug,
            bot_id=bot.id,
            public_key=public.decode(),
            permissions=json.dumps(dict(permissions)),
            created_at=engine.now(),
        )
        installed = tuple(install_app(engine, app_id, name).id for name in organisations)
    return AppSecrets(app_id, slug, private.decode(), installed)


def install_app(engine: Engine, app_id: int, organisation: str) -> Installation:
    """Install an App on an organisation: its bot reaches every repository there, within its permissions."""
    app = app_by_id(engine, app_id)
    place = engine.store.one(
        Namespace, "SELECT * FROM namespaces WHERE kind = 'group' AND full_path = ?", organisation
    )
    if place is None:
        raise not_found()
    with engine.store.transaction():
        installation_id = engine.store.insert(
            "installations", app_id=app.id, namespace_id=place.id, created_at=engine.now()
        )
        # Routes hold the bot to the App's permissions; towards the engine it administers.
        set_member(engine, "group", place.id, app.bot_id, OWNER)
    return installation_by_id(engine, installation_id)


def app_by_id(engine: Engine, app_id: int) -> App:
    """The App with that id, or 404."""
    found = engine.store.one(App, "SELECT * FROM apps WHERE id = ?", app_id)
    if found is None:
        raise not_found()
    return found


def find_app(engine: Engine, slug: str) -> App | None:
    """The App of that slug, or None."""
    return engine.store.one(App, "SELECT * FROM apps WHERE slug = ?", slug)


def app_of_bot(engine: Engine, user_id: int) -> App | None:
    """The App whose bot account that is, or None."""
    return engine.store.one(App, "SELECT * FROM apps WHERE bot_id = ?", user_id)


def permissions_of(app: App) -> dict[str, str]:
    """The App's permissions."""
    found: dict[str, str] = json.loads(app.permissions)
    return found


def installation_by_id(engine: Engine, installation_id: int) -> Installation:
    """The installation with that id, or 404."""
    found = engine.store.one(Installation, "SELECT * FROM installations WHERE id = ?", installation_id)
    if found is None:
        raise not_found()
    return found


def installations_of(engine: Engine, app_id: int) -> list[Installation]:
    """Where an App is installed, oldest first."""
    return engine.store.all(Installation, "SELECT * FROM installations WHERE app_id = ? ORDER BY id", app_id)


def installation_of_token(engine: Engine, token_id: int) -> Installation | None:
    """The installation that a token was made for, or None for a person's token."""
    return engine.store.one(
        Installation,
        "SELECT i.* FROM installations i JOIN app_tokens t ON t.installation_id = i.id WHERE t.token_id = ?",
        token_id,
    )


def create_installation_token(engine: Engine, installation: Installation) -> tuple[str, str]:
    """A token for an hour and the moment it ends.

    Its form is the newer one, ``ghs_<app id>_<JWT>``, longer than 40 characters (docs.github.com/rest/apps).
    """
    app = app_by_id(engine, installation.app_id)
    bot = users.get_user(engine, app.bot_id)
    ends = stamp(engine.clock() + TOKEN_LIFE)
    body = ".".join(secrets.token_urlsafe(length) for length in (30, 120, 43))
    record, token = users.create_token(
        engine, bot, "installation", scopes=("installation",), expires_at=ends, form=f"ghs_{app.id}_{body}"
    )
    engine.store.insert("app_tokens", token_id=record.id, installation_id=installation.id)
    return token, ends


def app_of_jwt(engine: Engine, token: str) -> App | None:
    """The App that signed this JWT, or None.

    The algorithm is ours to say, never the token's: with ``none`` anybody would be any App, and with a
    symmetric one the public key would be the secret.
    """
    try:
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        app = engine.store.one(App, "SELECT * FROM apps WHERE id = ?", int(str(issuer)))
        if app is None:
            return None
        claims = jwt.decode(
            token,
            app.public_key,
            algorithms=["RS256"],
            options={"require": ["iat", "exp"], "verify_exp": False, "verify_iat": False},
        )
        now = engine.clock().timestamp()
        good = claims["iat"] <= now + _SKEW and now < claims["exp"] <= now + _LONGEST_JWT + _SKEW
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    return app if good else None


def bot_user(engine: Engine, app: App) -> User:
    """The App's bot account."""
    return users.get_user(engine, app.bot_id)
