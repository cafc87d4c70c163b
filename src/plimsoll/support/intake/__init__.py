"""Taking in a plan or policy that exists (7.5): read, set beside ours, judged by named rules, and taken over as a draft with records."""
