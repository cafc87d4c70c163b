"""Units, locations and the scope of the management system (clause 4.3)."""
