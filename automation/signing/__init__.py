"""Keys: Ed25519 by `cryptography`, key files on disk, what a checker has seen of a ledger."""

from automation.signing.ed25519 import PrivateKey, check

__all__ = ["PrivateKey", "check"]
