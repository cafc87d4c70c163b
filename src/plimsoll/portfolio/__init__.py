"""What we deliver and what it is made of (clause 8.2)."""
