"""Same error or another? And the life of an erratum from the first report to the correction."""
