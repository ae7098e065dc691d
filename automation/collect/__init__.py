"""I/O: evidence, one file a kind; readers turn bytes into typed documents."""
