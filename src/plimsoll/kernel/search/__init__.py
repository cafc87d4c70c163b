"""One box over the register: FTS5 or tsvector behind one function."""
