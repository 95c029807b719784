"""Tables, engine, migrations. No rules live here."""
