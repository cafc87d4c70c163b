"""Documents written by the records: their source, what they are composed of, and how they are printed."""
