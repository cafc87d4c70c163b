"""The pages of those for whom the work is done: report, order, follow, answer, confirm, approve, look up. It knows every room."""
