"""``python -m pyclient``: the command line ``celers``."""

from pyclient.cli import main

main()
