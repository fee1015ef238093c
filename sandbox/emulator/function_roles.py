"""What Lambda does with a function's role: it polls, deletes, logs, and sends what has failed.

ministack does all of it without asking. None of these calls arrives over HTTP, so that none is in
the record of calls.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
"""

import logging
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, Self

from ministack.core import lambda_runtime
from ministack.core.arn import parse_arn
from ministack.services import cloudwatch_logs, lambda_svc, sqs

from sandbox.emulator import encryption, service_roles
from sandbox.emulator.encryption import Encryption
from sandbox.emulator.service_principals import Deputy

Config = dict[str, Any]
Mapping = dict[str, Any]

_SERVICE: Final = "lambda.amazonaws.com"

_log = logging.getLogger(__name__)
_polling: Final[ContextVar["Worker | None"]] = ContextVar("whose batch is at work", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A function, as far as its permissions go."""

    name: str
    arn: str
    role_arn: str

    @classmethod
    def of(cls, config: Config) -> Self:
        """Return the function of a configuration."""
        return cls(
            name=config.get("FunctionName", ""),
            arn=config.get("FunctionArn", ""),
            role_arn=config.get("Role", ""),
        )

    @property
    def region(self) -> str:
        """The Region of the function."""
        return str(parse_arn(self.arn).region)

    def may(self, actions: Iterable[str], resource_arn: str) -> bool:
        """Tell whether the role of the function may do all of this to a resource."""
        return all(
            service_roles.role_may(
                self.role_arn, action, resource_arn, region=self.region, session=self.name
            )
            for action in actions
        )

    def may_use(self, key: Encryption | None, actions: tuple[str, ...]) -> bool:
        """Tell whether the role of the function may use a key."""
        return service_roles.role_may_use(
            self.role_arn, key, actions, region=self.region, session=self.name
        )


def may_poll(mapping: Mapping) -> bool:
    """Tell whether Lambda may receive messages for a function; queues of SQS alone are asked."""
    queue_arn = mapping.get("EventSourceArn", "")
    if ":sqs:" not in queue_arn:
        return True
    _, config = lambda_svc._get_func_record_for_qualifier(
        mapping["FunctionName"], mapping.get("Qualifier")
    )
    if config is None:
        return True
    worker = Worker.of(config)
    return worker.may(("sqs:ReceiveMessage", "sqs:GetQueueAttributes"), queue_arn) and (
        worker.may_use(encryption.of_queue(queue_arn), encryption.RECEIVING)
    )


def install() -> None:
    """Have Lambda ask before it acts with the role of a function."""
    _assume()
    _delete()
    _write_logs()
    _send_what_fails()


def _assume() -> None:
    make = lambda_runtime.execution_credentials

    def execution_credentials(config: Config) -> dict[str, str]:
        worker = Worker.of(config)
        if not service_roles.trusts(worker.role_arn, service=_SERVICE, region=worker.region):
            raise PermissionError(f"Lambda cannot assume the role {worker.role_arn}")
        made: dict[str, str] = make(config)
        return made

    for module in (lambda_runtime, lambda_svc):
        module.execution_credentials = execution_credentials


def _delete() -> None:
    run, delete = lambda_svc._run_sqs_batch, sqs._delete_messages_for_esm

    def run_sqs_batch(mapping: Mapping, function: dict[str, Any], *rest: Any) -> None:  # noqa: ANN401 - ministack's
        token = _polling.set(Worker.of(function["config"]))
        try:
            run(mapping, function, *rest)
        finally:
            _polling.reset(token)

    def delete_messages(queue_url: str, receipt_handles: set[str]) -> None:
        worker = _polling.get()
        queue_arn = sqs._get_q(queue_url)["attributes"]["QueueArn"]
        if worker is None or worker.may(("sqs:DeleteMessage",), queue_arn):
            delete(queue_url, receipt_handles)
        else:
            _log.warning("%s may not delete messages of %s", worker.role_arn, queue_arn)

    lambda_svc._run_sqs_batch = run_sqs_batch
    sqs._delete_messages_for_esm = delete_messages


def _write_logs() -> None:
    emit = lambda_svc._emit_lambda_logs

    def emit_lambda_logs(function: dict[str, Any], *rest: Any, **named: Any) -> None:  # noqa: ANN401 - ministack's
        config = function.get("config") or function
        worker = Worker.of(config)
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{worker.name}"
        arn = str(cloudwatch_logs._make_group_arn(group)).removesuffix(":*")
        logs = Deputy(service=f"logs.{worker.region}.amazonaws.com")
        # A stream is named anew for each invocation: decisions would all be distinct.
        if (
            worker.may(("logs:CreateLogStream",), f"{arn}:*")
            and worker.may(("logs:PutLogEvents",), f"{arn}:log-stream:*")
            and logs.may_use(
                encryption.of_log_group(group), (encryption.GENERATE, encryption.ENCRYPT)
            )
        ):
            emit(function, *rest, **named)
        else:
            _log.warning("%s may not write to %s, or its key forbids it", worker.role_arn, group)

    lambda_svc._emit_lambda_logs = emit_lambda_logs


def _send_what_fails() -> None:
    send = lambda_svc._route_async_failure

    def route_async_failure(target_arn: str, name: str, *rest: Any) -> None:  # noqa: ANN401 - ministack's
        worker = Worker.of(lambda_svc._functions[name]["config"])
        if ":sqs:" in target_arn and not (
            worker.may(("sqs:SendMessage",), target_arn)
            and worker.may_use(encryption.of_queue(target_arn), encryption.SENDING)
        ):
            _log.warning("%s may not send what has failed to %s", worker.role_arn, target_arn)
            return
        send(target_arn, name, *rest)

    lambda_svc._route_async_failure = route_async_failure
