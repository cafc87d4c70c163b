"""What is communicated: planned, done, and with what reach (7.4)."""
