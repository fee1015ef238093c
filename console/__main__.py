"""Runs the console as `python -m console`, as the command `privatelink` does."""

import sys

from console.app import main

if __name__ == "__main__":
    sys.exit(main())
