"""I/O: read a case anew from the forge, its git mirrors and the ledger; nothing is decided here."""
