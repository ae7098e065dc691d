"""The web's door: webhooks in, health out."""
