"""How fast the product is at size, against the same SQL and JSON without it."""
