"""The Lambda workers: subprocesses of the server that run the functions."""

from collections.abc import Iterable
from subprocess import Popen
from typing import Any, NoReturn

from ministack.core import lambda_runtime

Process = Popen[Any]


def end_all() -> None:
    """End every worker for good: what ministack retries from now on finds none."""
    lambda_runtime.Worker._spawn = _refuse
    lambda_runtime.reset()


def at_work(principal_arn: str) -> tuple[Process, ...]:
    """Return the processes that run the function that calls as a principal; none if it is none.

    Lambda names the session of a function's own role as the function. Sessions that it makes of
    other roles have to be named like it, too: CloudFormation's name of the function that is called
    AuthorizeSecurityGroupIngress in a template contains what `authorize-security-group-ingress`
    means.
    """
    session = _letters(principal_arn.rpartition("/")[2])
    with lambda_runtime._lock:
        return tuple(
            worker._proc
            for pool in lambda_runtime._workers.values()
            for worker in pool
            if worker.in_use and worker._proc and session and session in _letters(worker.func_name)
        )


def _letters(name: str) -> str:
    return name.replace("-", "").lower()


def kill(processes: Iterable[Process]) -> None:
    """End workers in the middle of what they do; ministack makes others for the next events."""
    for process in processes:
        process.kill()


def _refuse(_worker: lambda_runtime.Worker) -> NoReturn:
    raise RuntimeError("the sandbox is stopping")
