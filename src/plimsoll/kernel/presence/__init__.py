"""Who is looking at a record now, and who is writing on it?"""
