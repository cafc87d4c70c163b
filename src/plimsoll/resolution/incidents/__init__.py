"""Incidents (clause 8.6.1)."""
