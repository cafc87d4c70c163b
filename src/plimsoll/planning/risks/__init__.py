"""Risks and opportunities, the criteria that they are judged by, and their treatment (6.1)."""
