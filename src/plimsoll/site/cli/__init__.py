"""The commands of `plimsoll`, each in its own module with `register(subparsers)`. `main.py` is where they start."""
