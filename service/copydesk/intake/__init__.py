"""The public edge: everything untrusted stops here."""
