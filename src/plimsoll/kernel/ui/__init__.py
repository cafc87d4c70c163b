"""Pages derived from declarations."""
