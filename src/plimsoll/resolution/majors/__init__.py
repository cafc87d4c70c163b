"""Major incidents (8.6.1): criteria, declaration, the room, what people are told, the review and its report."""
