"""Running the house: the process tree, its health, its migrations, backup and restore."""
