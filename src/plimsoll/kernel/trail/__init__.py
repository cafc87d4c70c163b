"""What happened to each subject, written once; seals and spans."""
