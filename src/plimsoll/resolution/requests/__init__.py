"""What people ask for (8.6.2): what can be ordered, the requests, their tasks, and the accesses that they give."""
