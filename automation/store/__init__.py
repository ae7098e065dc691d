"""What laik remembers: the ledger, links, deliveries (SQLAlchemy Core)."""
