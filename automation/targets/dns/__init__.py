"""DNS zones, written with dnspython and gated by named-checkzone."""
