"""Agreements with customers, units and suppliers, first depth (clauses 8.3.3, 8.3.4)."""
