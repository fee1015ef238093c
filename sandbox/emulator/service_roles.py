"""Whether a role lets an AWS service do something: events are delivered with roles, too."""

from ministack.core import iam_evaluator
from ministack.core.arn import ArnParseError, parse_arn
from ministack.core.iam_evaluator import EvalContext
from ministack.services import iam


def service_may(  # noqa: PLR0913 - the words of one sentence
    *, service: str, role_arn: str, source_arn: str, action: str, resource_arn: str, region: str
) -> bool:
    """Tell whether `service`, acting for `source_arn`, may assume the role and then do `action`."""
    try:
        role_address = parse_arn(role_arn)
    except ArnParseError:
        return False
    account_id, name = role_address.account_id, role_address.resource.rpartition("/")[2]
    role = iam._roles.get_scoped(account_id, None, name)
    if role is None:
        return False
    trust = EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="sts:AssumeRole",
        resource_arn=role_arn,
        region=region,
        service_context={"aws:sourcearn": source_arn, "aws:sourceaccount": account_id},
    )
    trusted = iam_evaluator.evaluate_resource_policy(
        role["AssumeRolePolicyDocument"], trust, service=service
    )
    session = EvalContext(
        principal_arn=role_arn,
        principal_type="AssumedRole",
        principal_account=account_id,
        action=action,
        resource_arn=resource_arn,
        region=region,
    )
    policies = iam_evaluator._gather_role_policies(name, account_id)
    allowed = iam_evaluator.evaluate(session, policies)
    return bool(trusted.decision == "Allow" and allowed.decision == "Allow")
