"""Parameter Store in a rehearsal."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.rehearsal.deeds import DeedKind, Notebook
from privatelink.gateways.parameters import Parameters
from privatelink.model import Consumer, Parameter, ParameterName

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


@dataclass(frozen=True)
class Shelf:
    """The parameters of an account that have been put and deleted on paper."""

    put: dict[ParameterName, Parameter] = field(default_factory=dict)
    gone: set[ParameterName] = field(default_factory=set)


class RehearsedParameters(Parameters):
    """Parameters of one account and Region, put and deleted on paper; None: the provider's own."""

    def __init__(
        self, ssm: "SSMClient", notebook: Notebook, account: Consumer | None, shelf: Shelf
    ) -> None:
        super().__init__(ssm)
        self._notebook = notebook
        self._account = account
        self._shelf = shelf

    def get_parameters_by_path(self, path: str) -> tuple[Parameter, ...]:
        """Return all parameters below a path, as they are by now."""
        found = {each.name: each for each in super().get_parameters_by_path(path)}
        found |= {
            name: each for name, each in self._shelf.put.items() if name.startswith(f"{path}/")
        }
        return tuple(each for name, each in found.items() if name not in self._shelf.gone)

    def create_parameter(self, parameter: Parameter, *, description: str) -> None:  # noqa: ARG002 - as SSM is called
        """Note that a parameter would be put."""
        self._note(DeedKind.CREATE_PARAMETER, parameter)

    def overwrite_parameter(self, parameter: Parameter) -> None:
        """Note that a parameter would get another value."""
        self._note(DeedKind.OVERWRITE_PARAMETER, parameter)

    def delete_parameters(self, names: Iterable[ParameterName]) -> None:
        """Note that parameters would be deleted."""
        for name in names:
            self._notebook.note(DeedKind.DELETE_PARAMETER, name, account=self._account)
            self._shelf.put.pop(name, None)
            self._shelf.gone.add(name)

    def _note(self, kind: DeedKind, parameter: Parameter) -> None:
        self._notebook.note(kind, parameter.name, parameter.value, account=self._account)
        self._shelf.put[parameter.name] = parameter
        self._shelf.gone.discard(parameter.name)
