"""What laik remembers: the ledger, links, deliveries (SQLAlchemy Core)."""

from automation.store.open import Store, open_store

__all__ = ["Store", "open_store"]
