"""Is it working? (clause 9)"""
