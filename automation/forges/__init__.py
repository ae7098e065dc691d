"""Forge adapters behind one contract (``base``)."""
