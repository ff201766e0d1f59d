"""`python -m vitrine` is `vitrine`."""

from vitrine.cli import main

main()
