"""Internal and external issues, and whether climate change is one of them (clause 4.1)."""
