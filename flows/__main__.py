"""`python -m flows` is the `tuwen` command."""

from flows.cli import main

main()
