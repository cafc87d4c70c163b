"""Means (clause 7)."""
