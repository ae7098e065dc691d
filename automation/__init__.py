"""laik: an SOP for building applications, turned into a GitOps workflow."""
