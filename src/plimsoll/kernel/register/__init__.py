"""One card per record of any kind, and the numbers."""
