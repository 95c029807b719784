"""Bodies that somebody will send one day, by kind, each with the answer of both databases."""
