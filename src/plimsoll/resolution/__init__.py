"""Put it right (clause 8.6)."""
