"""Planning (clause 6): risks and opportunities, objectives, and the plan."""
