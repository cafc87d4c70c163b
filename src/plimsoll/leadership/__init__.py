"""Leadership: clause 5."""
