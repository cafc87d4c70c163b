"""Grants and scopes: may, check and visible_to, decided here and nowhere else."""
