"""What the page itself says: fetch it, read it, find the words in it."""
