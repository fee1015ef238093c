"""The largest allowlist that has to be served: 5,000 consumers, each with every key."""

from typing import Final

CONSUMERS: Final = 5000
_SERVICE: Final = """\
services:
  web:
    service_id: vpce-svc-0123456789abcdef0
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


def allowlist_of(consumers: int = CONSUMERS) -> bytes:
    """Return an allowlist with so many consumers of one service."""
    entries = (
        _CONSUMER.format(
            account_id=100_000_000_000 + number, number=number, high=number // 256, low=number % 256
        )
        for number in range(consumers)
    )
    return (_SERVICE + "".join(entries)).encode()
