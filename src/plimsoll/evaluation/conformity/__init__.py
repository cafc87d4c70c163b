"""Conformity (clauses 4 to 10): every requirement with its evidence, computed from the records, with its history."""
