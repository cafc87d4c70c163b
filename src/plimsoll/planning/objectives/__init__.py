"""Objectives, how they are met, and what was measured of them (6.2)."""
