"""Tests of the service hours; they need no Django and no database."""
