"""Services, first depth (clauses 8.2.2, 8.2.4)."""
