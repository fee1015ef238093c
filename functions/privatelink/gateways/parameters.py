"""Parameters of Parameter Store."""

from collections.abc import Iterable
from itertools import batched
from typing import TYPE_CHECKING, Final

from privatelink.errors import AwsError
from privatelink.gateways.calls import translated_errors
from privatelink.model import Parameter, ParameterName, ParameterType

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_NAMES_PER_DELETE: Final = 10
"""DeleteParameters takes that many names."""


class Parameters:
    """The parameters of one account and Region."""

    def __init__(self, ssm: "SSMClient") -> None:
        self._ssm = ssm

    def get_parameters_by_path(self, path: str) -> tuple[Parameter, ...]:
        """Return all parameters below a path."""
        with translated_errors("GetParametersByPath"):
            pages = self._ssm.get_paginator("get_parameters_by_path").paginate(
                Path=path, Recursive=True
            )
            return tuple(
                Parameter(
                    name=ParameterName(row["Name"]),
                    value=row["Value"],
                    type=ParameterType(row["Type"]),
                )
                for page in pages
                for row in page["Parameters"]
            )

    def create_parameter(self, parameter: Parameter, *, description: str) -> None:
        """Put a parameter that does not exist; one that does is an error, and left as it is."""
        with translated_errors("PutParameter"):
            self._ssm.put_parameter(
                Name=parameter.name,
                Value=parameter.value,
                Type=parameter.type.value,
                Description=description,
            )

    def ensure_parameter(self, parameter: Parameter, *, description: str) -> None:
        """Put a parameter unless there is one of that name."""
        try:
            self.create_parameter(parameter, description=description)
        except AwsError as error:
            # Somebody else has put it meanwhile, which is as well.
            if error.code != "ParameterAlreadyExists":
                raise

    def overwrite_parameter(self, parameter: Parameter) -> None:
        """Put a new value into a parameter; its type cannot change."""
        with translated_errors("PutParameter"):
            self._ssm.put_parameter(
                Name=parameter.name,
                Value=parameter.value,
                Type=parameter.type.value,
                Overwrite=True,
            )

    def delete_parameters(self, names: Iterable[ParameterName]) -> None:
        """Delete parameters in this order; one that is gone already is fine."""
        for chunk in batched(names, _NAMES_PER_DELETE, strict=False):
            with translated_errors("DeleteParameters"):
                self._ssm.delete_parameters(Names=list(chunk))
