"""AppConfig: permissions on single configurations, which are what its data API is about."""

from typing import Final

from ministack.services import appconfig

from sandbox.emulator.authorizations.request import Check, Request

_DATA_ACTIONS: Final = {
    ("GET", "/configuration"): "appconfig:GetLatestConfiguration",
    ("POST", "/configurationsessions"): "appconfig:StartConfigurationSession",
}


def data_action(method: str, path: str) -> str | None:
    """Return the action of a request to AppConfig's data API, None if it is to AppConfig itself."""
    return _DATA_ACTIONS.get((method, path.rstrip("/")))


def checks(request: Request) -> tuple[Check, ...]:
    """Both data calls are checked on the configuration; a token stands for that of its session.

    Names are resolved first, since the ARN carries ids. Deployments are listed of an environment,
    which is checked with its application.
    """
    action = f"appconfig:{request.action}"
    if request.action == "StartDeployment":
        return _starting(request)
    if request.action == "ListDeployments":
        application, _, _ = request.guess.partition("/environment/")
        return (Check(action, application), Check(action, request.guess))
    if action not in _DATA_ACTIONS.values():
        return ()
    if request.action == "StartConfigurationSession":
        named = request.document()
    else:
        named = appconfig._sessions.get(request.parameter("configuration_token")) or {}
    application = str(named.get("ApplicationIdentifier", "*"))
    environment = str(named.get("EnvironmentIdentifier", "*"))
    profile = str(named.get("ConfigurationProfileIdentifier", "*"))
    application = appconfig._resolve_application_id(application) or application
    environment = appconfig._resolve_environment_id(application, environment) or environment
    profile = appconfig._resolve_configuration_profile_id(application, profile) or profile
    resource = f"application/{application}/environment/{environment}/configuration/{profile}"
    return (Check(action, request.arn("appconfig", resource)),)


def _starting(request: Request) -> tuple[Check, ...]:
    """Name all that a deployment is made of; its strategy belongs to no application.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsappconfig.html
    """
    application, _, _ = request.guess.partition("/environment/")
    named = request.document()
    resources = (
        request.guess,
        application,
        f"{application}/configurationprofile/{named.get('ConfigurationProfileId', '*')}",
        request.arn("appconfig", f"deploymentstrategy/{named.get('DeploymentStrategyId', '*')}"),
    )
    return tuple(Check("appconfig:StartDeployment", resource) for resource in resources)
