"""Any result as a table to read, JSON or CSV; each module imports what it needs, when it is used."""
