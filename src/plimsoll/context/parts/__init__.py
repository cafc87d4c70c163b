"""Rows of one record that are entered one by one, such as the exclusions of a scope: declared once, with their writes, pages and API."""
