"""Pure: one file a duty; a decided case in, the wished-for state of the forge out."""
