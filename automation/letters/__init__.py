"""Official documents, set with Typst: data in, the bytes of a PDF out. The templates are laik's own."""
