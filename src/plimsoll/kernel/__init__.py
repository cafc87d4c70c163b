"""The ground floor: what every record needs, and no word of service management."""
