"""Runs another handler, of the module in `STAGES_OF`, and says how long each stage of it takes.

What it takes for itself is in none of them. The other module looks whether it is in Lambda before
it makes its clients, and is told that it is not: so importing it is one stage, and its `use_case`
another.
"""

import importlib
import os
import time

os.environ.pop("AWS_LAMBDA_RUNTIME_API")  # the runtime client has read it already

_started = time.perf_counter()
_app = importlib.import_module(os.environ["STAGES_OF"])
_imported = time.perf_counter()
_app.use_case()
_ready = time.perf_counter()


def lambda_handler(event: object, context: object) -> dict[str, float]:
    """Return the milliseconds of each stage."""
    invoked = time.perf_counter()
    _app.lambda_handler(event, context)
    returned = time.perf_counter()
    return {
        "imports": (_imported - _started) * 1000,
        "clients": (_ready - _imported) * 1000,
        "first_invocation": (returned - invoked) * 1000,
    }
