"""What apply changes: DNS zones and nginx virtual hosts."""
