"""What roles need people to be able to do, what people can show, and how gaps are closed (7.2)."""
