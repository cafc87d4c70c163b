"""An existing plan or policy that is taken in: its sections and brackets matched to ours, and what it says proposed as records. Nothing here writes but `operations`."""
