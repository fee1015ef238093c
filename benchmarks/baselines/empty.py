"""A handler that does nothing: what Python and Lambda's runtime client take for themselves."""


def lambda_handler(_event: object, _context: object) -> None:
    """Return."""
