"""The engine: any table of records becomes entities, as a profile says (see `profile`)."""
