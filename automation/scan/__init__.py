"""laik's own security scan (architecture, decision 10)."""
