"""What ministack's CloudFormation does not know, or would put where moto does not see it.

A type is a row in ministack's table of handlers. The rows of EC2 and Elastic Load Balancing give
way to ours (`network`, `endpoints`, `load_balancers`), which call moto. Those that we do not have
are removed, so that a template with one is refused instead of being deployed into a void.
"""

from ministack.services.cloudformation import provisioners, stacks

from sandbox.emulator.cloudformation import (
    endpoints,
    environment,
    event_buses,
    load_balancers,
    network,
    tables,
    topics,
)
from sandbox.emulator.cloudformation.resources import Handlers


def install() -> None:
    """Replace and add resource types."""
    known = provisioners._RESOURCE_HANDLERS
    ours = network.TYPES | endpoints.TYPES | load_balancers.TYPES
    for name in list(known):
        if name.startswith(("AWS::EC2::", "AWS::ElasticLoadBalancingV2::")):
            del known[name]
    for name, resource in ours.items():
        known[name] = Handlers(name, resource).row()
        if resource.takes_tags:
            provisioners._STACK_TAG_PROPERTY.setdefault(name, ("Tags", "list"))
    known["AWS::Events::EventBusPolicy"] = event_buses.HANDLERS
    tables.mend(known)
    topics.mend(known)
    environment.install()
    _let_slow_types_wait({name for name, resource in ours.items() if resource.is_slow})


def _let_slow_types_wait(slow: set[str]) -> None:
    """Provision these types off the event loop, which they would otherwise hold up."""
    runs_on_worker_thread = stacks._runs_on_worker_thread

    def decide(resource_type: str) -> bool:
        return resource_type in slow or bool(runs_on_worker_thread(resource_type))

    stacks._runs_on_worker_thread = decide
