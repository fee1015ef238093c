"""What all functions share: decisions, plans, the model of PrivateLink, and gateways to AWS."""

import gc

gc.set_threshold(500_000)
"""What is imported, and read of AWS, lives on: looking for garbage in it, as often as Python does
by itself, takes a tenth of a cold start and finds next to nothing."""
