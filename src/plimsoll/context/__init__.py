"""Who we are and where the system ends (clause 4)."""
