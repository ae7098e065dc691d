"""The specification gate: what goes through the embedded forge's door is held against the vendors."""
