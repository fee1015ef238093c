"""The Lambda workers: subprocesses of the server that run the functions."""

from collections.abc import Iterable
from subprocess import Popen
from typing import Any, NoReturn

from ministack.core import lambda_runtime
from ministack.services import sts

Process = Popen[Any]


def end_all() -> None:
    """End every worker for good: what ministack retries from now on finds none."""
    lambda_runtime.Worker._spawn = _refuse
    lambda_runtime.reset()


def at_work(principal_arn: str) -> tuple[Process, ...]:
    """Return the processes that run the function that calls as a principal; none if it is none.

    Lambda names the session of a function's own role as the function. Of sessions that a function
    has opened of other roles it is known who opened them.
    """
    sessions = {arn.rpartition("/")[2] for arn in (principal_arn, *_opened_by(principal_arn))}
    with lambda_runtime._lock:
        return tuple(
            worker._proc
            for pool in lambda_runtime._workers.values()
            for worker in pool
            if worker.in_use and worker._proc and worker.func_name in sessions
        )


def _opened_by(principal_arn: str) -> set[str]:
    """Return the principals that have opened sessions of this role and name."""
    opened = list(sts._sessions.values())
    return {
        session["SourcePrincipalArn"]
        for session in opened
        if session.get("Arn") == principal_arn and session.get("SourcePrincipalArn")
    }


def kill(processes: Iterable[Process]) -> None:
    """End workers in the middle of what they do; ministack makes others for the next events."""
    for process in processes:
        process.kill()


def _refuse(_worker: lambda_runtime.Worker) -> NoReturn:
    raise RuntimeError("the sandbox is stopping")
