"""Policies (5.2): their numbered statements, what carries each out, and how well that goes."""
