"""Small read-only HTML pages for looking at the embedded forge; off unless asked for, this machine only."""
