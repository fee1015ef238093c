"""What a template finds in its Region: availability zones and public images."""

from functools import cache
from typing import Any

from ministack.core.responses import get_region
from ministack.services import ssm
from ministack.services.cloudformation import engine
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend
from moto.utilities.utils import load_resource


def install() -> None:
    """Name the zones that moto has, and the images that AWS publishes in Parameter Store."""
    resolve = engine._resolve_refs
    known_parameter = ssm._public_parameter

    def resolve_with_zones(value: Any, *context: Any) -> Any:  # noqa: ANN401 - a template's JSON
        if isinstance(value, dict) and value.keys() == {"Fn::GetAZs"}:
            region = resolve(value["Fn::GetAZs"], *context) or get_region()
            return [zone.name for zone in RegionsAndZonesBackend.zones.get(region, [])]
        return resolve(value, *context)

    def public_parameter(name: str) -> Any:  # noqa: ANN401 - ministack's record
        image_id = _images(get_region()).get(name)
        if image_id is None:
            return known_parameter(name)
        return {
            "Name": name,
            "Type": "String",
            "Value": image_id,
            "Version": 1,
            "LastModifiedDate": 0,
            "ARN": f"arn:aws:ssm:{get_region()}::parameter{name}",
        }

    engine._resolve_refs = resolve_with_zones
    ssm._public_parameter = public_parameter


@cache
def _images(region: str) -> dict[str, str]:
    """Return the Amazon Linux images of a Region by parameter name, as moto has recorded them."""
    try:
        recorded = load_resource(f"ssm/resources/ami-amazon-linux-latest/{region}.json")
    except FileNotFoundError:
        return {}
    return {parameter["Name"]: parameter["Value"] for parameter in recorded}
