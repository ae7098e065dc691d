"""Keyed work: a case waits at most once and is worked by one at a time."""
