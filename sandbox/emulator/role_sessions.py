"""AssumeRole refuses what AWS refuses of a session's name and length; ministack takes any.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
"""

import re
from typing import Any, Final

from ministack.core.responses import get_account_id
from ministack.services import iam, sts

Answer = Any  # ministack's response tuple

_NAME: Final = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_SHORTEST: Final = 900
_LONGEST: Final = 43_200
_CHAINED: Final = 3600
_UNLESS_SET: Final = 3600  # a role's MaxSessionDuration


def install() -> None:
    """Look at a request before ministack does."""
    serve, arn_of = sts.handle_request, sts._assumed_role_arn

    def assumed_role_arn(role_arn: str, session_name: str) -> tuple[str | None, Answer]:
        if not _NAME.fullmatch(session_name or ""):
            return None, _refusal(f"Value '{session_name}' at 'roleSessionName' is not a name")
        made: tuple[str | None, Answer] = arn_of(role_arn, session_name)
        return made

    async def handle_request(
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        query_params: dict[str, list[str]],
    ) -> Answer:
        parameters = {**query_params, **sts.parse_qs(body.decode("utf-8", errors="replace"))}
        if sts._p(parameters, "Action") == "AssumeRole" and (
            problem := _problem(parameters, sts.extract_access_key_id(headers, query_params))
        ):
            return _refusal(problem)
        return await serve(method, path, headers, body, query_params)

    sts._assumed_role_arn = assumed_role_arn
    sts.handle_request = handle_request


def _problem(parameters: dict[str, Any], access_key_id: str) -> str:
    """Return what is wrong with the length of a session, "" if nothing is."""
    asked = sts._p(parameters, "DurationSeconds")
    if not asked:
        return ""
    seconds = int(asked)
    if not _SHORTEST <= seconds <= _LONGEST:
        return f"Value '{seconds}' at 'durationSeconds' is not from {_SHORTEST} to {_LONGEST}"
    if access_key_id in sts._sessions and seconds > _CHAINED:
        return "DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
    account_id, _, name = sts._p(parameters, "RoleArn").partition("::")[2].partition(":role/")
    role = iam._roles.get_scoped(account_id or get_account_id(), None, name.rpartition("/")[2])
    longest = int((role or {}).get("MaxSessionDuration") or _UNLESS_SET)
    if seconds > longest:
        return "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    return ""


def _refusal(message: str) -> Answer:
    return sts._error(400, "ValidationError", message, ns="sts")
