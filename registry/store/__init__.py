"""The store: tables, migrations, and the only SQL."""
