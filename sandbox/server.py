"""The sandbox's child process: the embedded AWS on a loopback port, until its parent lets go of it.

`sandbox.process.Sandbox` starts it with the environment that ministack wants to find when it is
imported, hands it a listening socket, and holds its standard input open: the end of that input,
like SIGTERM, is the end of the server and of the Lambda workers that it has started.
"""

import argparse
import asyncio
import json
import logging
import os
import shutil
import signal
import sys
import threading
from pathlib import Path
from typing import Final, NoReturn

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack import app as ministack

from sandbox.emulator import (
    alarms,
    appconfig,
    appconfig_monitors,
    cloudformation,
    cloudtrail,
    connection_notifications,
    event_buses,
    event_source_mappings,
    fault_injection,
    function_roles,
    gateway,
    iam,
    log_groups,
    role_sessions,
    schedules,
    service_principals,
    topic_deliveries,
    workers,
)
from sandbox.emulator.calls import RECORD
from sandbox.emulator.control import Doors
from sandbox.emulator.decisions import DECISIONS
from sandbox.emulator.faults import FAULTS
from sandbox.privatelink import PrivateLink

_PARTS: Final = (
    gateway,
    alarms,
    service_principals,
    event_buses,
    event_source_mappings,
    function_roles,
    topic_deliveries,
    log_groups,
    role_sessions,
    schedules,
    appconfig,
    appconfig_monitors,
    cloudtrail,
    cloudformation,
    fault_injection,
)
_KEEP_ALIVE_SECONDS: Final = 75.0

_log = logging.getLogger(__name__)


def main() -> NoReturn:
    """Serve on the given socket until told to stop."""
    parser = argparse.ArgumentParser(description="The embedded AWS, started by sandbox.process")
    parser.add_argument("--socket", type=int, required=True, help="a listening file descriptor")
    parser.add_argument("--directory", type=Path, required=True, help="for its files, and removed")
    parser.add_argument("--settings", type=json.loads, required=True, help="of PrivateLink, JSON")
    arguments = parser.parse_args()
    iam.install(RECORD)
    for part in _PARTS:
        part.install()
    privatelink = PrivateLink(notify=connection_notifications.publish, **arguments.settings)
    with privatelink.install():
        application = Doors(
            ministack.app,
            record=RECORD,
            decisions=DECISIONS,
            faults=FAULTS,
            settings=privatelink,
        )
        asyncio.run(_serve(application, arguments.socket, arguments.directory))
    raise AssertionError("a server that has stopped has ended the process")


async def _serve(application: Doors, socket_number: int, directory: Path) -> None:
    loop = asyncio.get_running_loop()
    told_to_stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, told_to_stop.set)
    threading.Thread(target=_await_parent, args=(loop, told_to_stop), daemon=True).start()
    config = Config()
    config.bind = [f"fd://{socket_number}"]
    config.loglevel = ministack.LOG_LEVEL
    config.keep_alive_timeout = _KEEP_ALIVE_SECONDS
    serving = asyncio.create_task(
        # Without a trigger hypercorn would install signal handlers of its own.
        serve(application, config, shutdown_trigger=asyncio.Event().wait)  # type: ignore[arg-type]  # hypercorn wants narrower dictionaries
    )
    stopping = asyncio.create_task(told_to_stop.wait())
    await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done() and (failure := serving.exception()):
        _log.error("the server has failed", exc_info=failure)
    _end(0 if told_to_stop.is_set() else 1, directory)


def _await_parent(loop: asyncio.AbstractEventLoop, told_to_stop: asyncio.Event) -> None:
    sys.stdin.buffer.read()
    loop.call_soon_threadsafe(told_to_stop.set)


def _end(status: int, directory: Path) -> NoReturn:
    """End at once, leaving neither Lambda workers nor files behind.

    A regular exit would wait for every running invocation, and for those that are then retried.
    """
    workers.end_all()
    shutil.rmtree(directory, ignore_errors=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
