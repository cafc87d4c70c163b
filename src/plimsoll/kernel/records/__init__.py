"""Records: the declaration, the four writes, and what hangs on every record."""
