"""`python -m registry` is `credanchor`."""

from registry.cli.main import main

main()
