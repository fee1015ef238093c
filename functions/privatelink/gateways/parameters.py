"""Parameters of Parameter Store."""

from collections.abc import Iterable
from itertools import batched
from typing import TYPE_CHECKING, Final

from privatelink.errors import AwsError
from privatelink.gateways.calls import translated_errors
from privatelink.gateways.pace import Pace
from privatelink.model import Parameter, ParameterName, ParameterType

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_ssm.type_defs import PaginatorConfigTypeDef

_NAMES_PER_DELETE: Final = 10
"""DeleteParameters takes that many names."""
PUTS_AT_ONCE: Final = 5
PUTS_A_SECOND: Final = 1.5
"""Parameter Store takes 3 PutParameter calls a second from an account and Region, says AWS Support
(github.com/github-aws-runners/terraform-aws-github-runner/issues/2944); how many at once is not
documented, and taken to be 10. This is the part of one execution environment: the event source of
PublishEndpointAddresses lets two be at work.
"""
# https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
_LARGEST_PAGE: "Final[PaginatorConfigTypeDef]" = {"PageSize": 10}


def is_put_meanwhile(error: Exception) -> bool:
    """Whether a parameter could not be put since somebody else has put it."""
    return isinstance(error, AwsError) and error.code == "ParameterAlreadyExists"


class Parameters:
    """The parameters of one account and Region.

    They are put at a pace, if one is given: where many threads and environments write.
    """

    def __init__(self, ssm: "SSMClient", pace: Pace | None = None) -> None:
        self._ssm = ssm
        self._pace = pace

    def get_parameters_by_path(self, path: str) -> tuple[Parameter, ...]:
        """Return all parameters below a path."""
        with translated_errors("GetParametersByPath"):
            pages = self._ssm.get_paginator("get_parameters_by_path").paginate(
                Path=path, Recursive=True, PaginationConfig=_LARGEST_PAGE
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
        self._wait()
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
            if not is_put_meanwhile(error):
                raise

    def overwrite_parameter(self, parameter: Parameter) -> None:
        """Put a new value into a parameter; its type cannot change."""
        self._wait()
        with translated_errors("PutParameter"):
            self._ssm.put_parameter(
                Name=parameter.name,
                Value=parameter.value,
                Type=parameter.type.value,
                Overwrite=True,
            )

    def _wait(self) -> None:
        if self._pace is not None:
            self._pace.take()

    def delete_parameters(self, names: Iterable[ParameterName]) -> None:
        """Delete parameters in this order; one that is gone already is fine."""
        for chunk in batched(names, _NAMES_PER_DELETE, strict=False):
            with translated_errors("DeleteParameters"):
                self._ssm.delete_parameters(Names=list(chunk))
