"""botocore's descriptions of the operations that the model answers."""

from functools import cache

import botocore.session
from botocore import xform_name
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape


@cache
def service_model(service: str = "ec2") -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


@cache
def operations(service: str = "ec2") -> dict[str, OperationModel]:
    model = service_model(service)
    return {xform_name(name): model.operation_model(name) for name in model.operation_names}


def members(shape: Shape | None) -> dict[str, Shape]:
    return dict(shape.members) if isinstance(shape, StructureShape) else {}
