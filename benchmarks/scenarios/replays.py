"""What the deployed functions need for what the simulation has had them do, in real processes.

Seconds of the simulation are modelled ones, and memory it has one of for all. So the same sweep is
recorded, and each function's first batch of it replayed after a cold start.
"""

from collections.abc import Mapping
from typing import Final

from benchmarks.cold_start.needs import Needs, needs
from benchmarks.cold_start.recorder import Recorder, on_the_wire
from benchmarks.cold_start.world import VARIABLES
from benchmarks.scenarios.steady import Steady
from benchmarks.simulation.functions import Event, LambdaFunction
from benchmarks.simulation.world import ENVIRONMENT

_VARIABLES: Final = VARIABLES | ENVIRONMENT


class WrongReplayError(Exception):
    """A function has failed messages that it had handled when it was recorded."""


def replayed(stack: Steady) -> Mapping[str, Needs]:
    """Sweep once more, from cold starts, and return what each function needs for its first batch.

    The clients are listened to from then on: nothing is to be measured in this world afterwards.
    """
    recorder, events = Recorder(), dict[str, Event]()
    for client in stack.world.clients.made:
        recorder.listen(client, on_the_wire)
    for name, function in stack.fleet.functions.items():
        _note_first_event(name, function, events)
    stack.fleet.cool_down()
    stack.sweep()
    found = {
        name: needs(name, event, recorder.recording, _VARIABLES) for name, event in events.items()
    }
    for name, each in found.items():
        if each.response["batchItemFailures"]:
            raise WrongReplayError(f"{name}: {each.response}")
    return found


def _note_first_event(name: str, function: LambdaFunction, events: dict[str, Event]) -> None:
    handle = function.handler

    def note(event: Event) -> object:
        events.setdefault(name, event)
        return handle(event)

    function.handler = note
