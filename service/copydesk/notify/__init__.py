"""Who must know of an erratum, what we tell them, and how it gets there."""
