"""`python -m styrdokument` is the command `styrdokument`."""

from styrdokument.cli import main

main(prog_name="styrdokument")
