"""What is wrong with the text of a plan or a policy, ours or another's: rules by name, each finding with its place and what to do about it."""
