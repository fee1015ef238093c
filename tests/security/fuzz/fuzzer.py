"""Fuzzes one target, guided by what it covers: python -m tests.security.fuzz.fuzzer TARGET ....

What follows the target's name is libFuzzer's: folders of inputs, and options.
https://llvm.org/docs/LibFuzzer.html#options
"""

import sys

import atheris  # type: ignore[import-untyped] # it has no types

with atheris.instrument_imports(include=["privatelink", "yaml", "json"]):
    from tests.security.fuzz.targets import TARGETS


def main() -> None:
    """Fuzz until an option, or a crash, ends it."""
    program, name, *options = sys.argv
    atheris.Setup([program, *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
