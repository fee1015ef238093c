"""The Lambda workers: subprocesses of the server that run the functions."""

from typing import NoReturn

from ministack.core import lambda_runtime


def end_all() -> None:
    """End every worker for good: what ministack retries from now on finds none."""
    lambda_runtime.Worker._spawn = _refuse
    lambda_runtime.reset()


def _refuse(_worker: lambda_runtime.Worker) -> NoReturn:
    raise RuntimeError("the sandbox is stopping")
