"""Pages of the house itself: sign-in, search, inbox, jobs, settings."""
