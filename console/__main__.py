"""Starts the console: this is the command `privatelink`, and `python -m console`.

Nothing else is imported before Ctrl-C is looked after: to import the console takes a second.
"""

import sys


def start() -> int:
    """Run the console and return its exit code."""
    try:
        from console.app import main  # noqa: PLC0415 - only once Ctrl-C is looked after

        return main()
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        return 130


if __name__ == "__main__":
    sys.exit(start())
