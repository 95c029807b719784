"""How long what belongs to readers is kept, and what one reader may ask for: export and erasure."""
