"""Resources that are asked for, and what was decided (7.1)."""
