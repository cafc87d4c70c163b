"""Background work behind one port; the job row in our database is the truth."""
