"""What was promised to whom, and by whom to us (clause 8.3)."""
