"""Roles and assignments as records, compiled into grants."""
