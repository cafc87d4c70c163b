"""The register of processes: what each is for, who answers for it, its activities, and what passes between them (clause 4.4)."""
