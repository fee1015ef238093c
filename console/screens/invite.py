"""What `privatelink invite` shows: a message to a service consumer."""

from collections.abc import Iterator

from console.documents.invitation import Invitation


def invited(invitation: Invitation) -> Iterator[str]:
    """Yield the lines of the message, long ones as they are: they are copied from it."""
    yield f"To be served by {invitation.provider}, deploy its template for consumers once in your"
    yield "account. It asks for the external id that we have agreed on."
    if invitation.link:
        yield from ("", "In the AWS console:", "", invitation.link)
    yield from ("", "With the AWS CLI, beside the template:", "", invitation.command)
