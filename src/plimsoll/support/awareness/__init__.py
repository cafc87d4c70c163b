"""What people know of their part in it (7.3)."""
