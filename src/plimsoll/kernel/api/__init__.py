"""REST derived from declarations."""
