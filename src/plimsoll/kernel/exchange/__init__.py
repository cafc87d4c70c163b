"""Import and export of any declared type."""
