"""Controlled documents: one source each, filled from records, approved and frozen, watched for drift."""
