"""What a stranger may try when the service reads a page for them: one list for tests and bench."""
