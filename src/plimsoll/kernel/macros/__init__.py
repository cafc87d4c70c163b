"""What do people write and do again and again? Canned texts, and macros: a text with a move and values."""
