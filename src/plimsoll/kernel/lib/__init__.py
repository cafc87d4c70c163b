"""Small helpers for text and time; no models, no domain."""
