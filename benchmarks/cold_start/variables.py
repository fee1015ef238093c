"""The environment variables of a function in Lambda."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from benchmarks.cold_start.libraries import runtime_libraries
from sandbox.accounts import REGION

_OF_LAMBDA: Final[Mapping[str, str]] = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_LAMBDA_FUNCTION_NAME": "function",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/function",
    "AWS_REGION": REGION,
    "LANG": "en_US.UTF-8",
    "PATH": os.defpath,
    "TZ": ":UTC",
}


def variables_of(handler: str, task_root: Path, more: Sequence[Path] = ()) -> dict[str, str]:
    """Return the variables that Lambda sets, and no other of this process's.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html. `more` are folders with
    code that stand behind the function's own, and before the runtime's.
    """
    path = (task_root, *more, runtime_libraries())
    return {
        **_OF_LAMBDA,
        "LAMBDA_TASK_ROOT": str(task_root),
        "PYTHONDONTWRITEBYTECODE": "1",  # /var/task cannot be written to
        "PYTHONPATH": os.pathsep.join(map(str, path)),
        "_HANDLER": handler,
    }
