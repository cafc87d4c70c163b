"""Plimsoll: the service management system that proves itself."""
