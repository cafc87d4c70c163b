"""Measurements (9.1): which figures are kept of a month, their targets, and the pages that show them."""
