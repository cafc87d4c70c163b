"""What the guided set-up offers to begin with (S-123): read from content, shown as forms, taken over by the ordinary writes. Nothing by itself."""
