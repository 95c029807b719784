"""What an operator does with the database as a whole: copy it, bring it back, move it."""
