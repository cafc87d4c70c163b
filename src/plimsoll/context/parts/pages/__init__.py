"""The page and the API of one sort of part, made from its declaration."""
