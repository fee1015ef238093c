"""The largest allowlist that has to be served: 5,000 consumers, each with every key."""

from typing import Final

CONSUMERS: Final = 5000
_SERVICE: Final = """\
  {alias}:
    service_id: vpce-svc-{service:017x}
    unlisted: hold
    hold_timeout: 72h
    max_withdrawals: 3
    manage_principals: true
    mode: enforce
    consumers:
"""
_CONSUMER: Final = """\
      - account_id: "{account_id}"
        alias: sddc-ap-northeast-1-tenant-{number:05}
        source_cidrs: [10.{high}.{low}.0/24, 172.{high}.{low}.128/25, "2001:db8:{number:x}::/48"]
        access: role
        endpoints_max: 12
        regions: [ap-northeast-1, ap-northeast-3]
        ports:
          - {{port: 443, protocol: tcp}}
          - {{port: 53, protocol: udp}}
        expires: 2027-03-31
"""


def allowlist_of(consumers: int = CONSUMERS, *, services: int = 1) -> bytes:
    """Return an allowlist with so many consumers of each of so many services."""
    entries = "".join(
        _CONSUMER.format(
            account_id=100_000_000_000 + number, number=number, high=number // 256, low=number % 256
        )
        for number in range(consumers)
    )
    heads = (
        _SERVICE.format(alias=f"web-{service}" if service else "web", service=service)
        for service in range(services)
    )
    return ("services:\n" + "".join(f"{head}{entries}" for head in heads)).encode()
