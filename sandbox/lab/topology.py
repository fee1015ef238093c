"""The walkthrough's topology, through which packets really pass.

    workload ── SDDC's edge ── endpoint's network interface ┄ fabric ┄ NLB ─┬─ web server
    192.168.15.10/20           10.0.3.181/24              192.168.0.5/20    └─ decoy, 192.168.15.10

Both ends are in 192.168.0.0/20, and the decoy has the workload's own address.
"""

from typing import Final

from sandbox.lab.namespaces import Namespaces, Plug
from sandbox.walkthrough import ADDRESS

WORKLOAD: Final = "192.168.15.10"
NEIGHBOUR: Final = "192.168.0.77"
"""Another workload of the SDDC, at the other end of its network."""
WEB_SERVER: Final = "192.168.15.241"
LOAD_BALANCER: Final = "192.168.0.5"
ENDPOINT: Final = ADDRESS
PORTS: Final = (80, 8080)
"""The load balancer forwards both: what is closed is closed by a security group."""
PLACES: Final = ("workload", "edge", "endpoint", "balancer", "web", "decoy", "vpc")

_FAR_END: Final = "169.254.100.2"
_FORWARDED: Final = f"{{ {', '.join(map(str, PORTS))} }}"
_SECURITY_GROUP: Final = f"""
table ip lab {{
  set addresses {{ type ipv4_addr; }}
  set ingress {{ type ipv4_addr . inet_proto . inet_service; flags interval; }}
  chain group {{
    type filter hook prerouting priority mangle; policy accept;
    iifname != "eni" accept
    ip daddr != @addresses drop
    ct state established,related accept
    ip saddr . meta l4proto . th dport @ingress accept
    drop
  }}
  chain there {{
    type nat hook prerouting priority dstnat;
    iifname "eni" tcp dport {_FORWARDED} dnat to {_FAR_END}
  }}
  chain back {{ type nat hook postrouting priority srcnat; oifname "fabric" masquerade; }}
}}
"""
"""Default deny: what `admit` puts into the sets passes, and what is under way to an address."""
_NETWORK_LOAD_BALANCER: Final = f"""
table ip lab {{
  chain there {{
    type nat hook prerouting priority dstnat;
    iifname "fabric" tcp dport {_FORWARDED} dnat to {WEB_SERVER}
  }}
  chain back {{
    type nat hook postrouting priority srcnat;
    oifname "eth0" snat to {LOAD_BALANCER}
  }}
  chain forward {{
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "fabric" accept
  }}
}}
"""
"""The target sees the load balancer's own address, and can open no connection back."""


def build(places: Namespaces) -> None:
    """Lay the cables, and have the security group and the load balancer do their work."""
    places.join(Plug("workload", "eth0", f"{WORKLOAD}/20"), Plug("edge", "sddc", "192.168.0.1/20"))
    places.join(Plug("edge", "vpc", "10.0.3.4/24"), Plug("endpoint", "eni", f"{ENDPOINT}/24"))
    places.join(
        Plug("endpoint", "fabric", "169.254.100.1/30"), Plug("balancer", "fabric", f"{_FAR_END}/30")
    )
    places.run("vpc", "ip", "link", "add", "name", "switch", "type", "bridge")
    places.run("vpc", "ip", "link", "set", "switch", "up")
    for place, address in (("balancer", LOAD_BALANCER), ("web", WEB_SERVER), ("decoy", WORKLOAD)):
        places.join(Plug(place, "eth0", f"{address}/20"), Plug("vpc", place))
        places.run("vpc", "ip", "link", "set", place, "master", "switch")
    places.run("workload", "ip", "address", "add", f"{NEIGHBOUR}/20", "dev", "eth0")
    places.run("workload", "ip", "route", "add", "default", "via", "192.168.0.1")
    places.run("endpoint", "ip", "route", "add", "192.168.0.0/20", "via", "10.0.3.4")
    for place in ("edge", "endpoint", "balancer"):
        places.run(place, "sysctl", "-qw", "net.ipv4.ip_forward=1")
    places.load("endpoint", _SECURITY_GROUP)
    places.load("balancer", _NETWORK_LOAD_BALANCER)
