"""The `lantoa` command."""
