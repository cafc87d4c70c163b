"""What was typed and not sent yet? Kept for its writer alone. It knows no form and no record."""
