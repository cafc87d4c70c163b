"""A decision asked of people, on any record."""
