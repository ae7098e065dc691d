"""The scenes of each SOP: who hands in what, who decides, and what is tried there and refused."""
