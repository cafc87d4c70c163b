"""Is the customer well served? First of all: what those who asked for something say of how it went (8.3.2)."""
