"""The `credanchor` command."""
