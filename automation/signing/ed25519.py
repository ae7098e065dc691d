"""Ed25519 (RFC 8032): signing, and checking a signature. Nothing of it is our own arithmetic."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from automation.core.attest import PAYLOAD_TYPE as _TYPE
from automation.core.attest import Envelope, key_id, pre_authentication


def check(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` over ``message`` is that key's; False also for bytes that are no key."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


class PrivateKey:
    """A private key; its representation shows its public name alone."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes_raw()
        self.id = key_id(self.public)

    def __repr__(self) -> str:
        return f"PrivateKey({self.id[:16]})"

    @classmethod
    def make(cls) -> PrivateKey:
        """A new key from the operating system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, pem: bytes) -> PrivateKey:
        """A key from PKCS 8 PEM without passphrase.

        Raises:
            ValueError: it is no such key. The problem says nothing of the content.
        """
        try:
            key = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError):
            raise ValueError("no unencrypted PEM private key") from None
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("no Ed25519 key")
        return cls(key)

    def pem(self) -> bytes:
        """The key as PKCS 8 PEM: the secret itself."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def envelope(self, payload: bytes) -> Envelope:
        """The payload, signed."""
        return Envelope(payload, self.id, self._key.sign(pre_authentication(_TYPE, payload)))
