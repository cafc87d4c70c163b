"""Clocks: when a promise is due, what stops it, what lets it stand still. It knows no room and no agreement."""
