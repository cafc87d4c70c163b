"""Roles by versions, changes of the management system, duties kept apart (5.1-c, 5.3)."""
