"""A small newspaper, a mail catcher and a lived-in database: for a look and for the tests."""
