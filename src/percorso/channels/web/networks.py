"""Which addresses belong to everybody: our own list, because the interpreter's `is_global` is no guard (trust §3). Pure."""

from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

_PUBLIC_V6: Final = IPv6Network("2000::/3")
"""Global unicast, RFC 4291 §2.4: all else of IPv6 is local, mapped, translated, multicast or not given out."""

_CLOSED_V6: Final = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them: RFC 2928, RFC 4380
        "2001:db8::/32",  # documentation: RFC 3849
        "2002::/16",  # 6to4, which leads to any IPv4 address: RFC 3056
        "3fff::/20",  # documentation: RFC 9637
    )
)

_CLOSED_V4: Final = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network: RFC 791
        "10.0.0.0/8",  # private: RFC 1918
        "100.64.0.0/10",  # shared by a provider's customers: RFC 6598
        "127.0.0.0/8",  # this machine: RFC 1122
        "169.254.0.0/16",  # this link, and the metadata of clouds: RFC 3927
        "172.16.0.0/12",  # private: RFC 1918
        "192.0.0.0/24",  # protocol assignments: RFC 6890
        "192.0.2.0/24",  # documentation: RFC 5737
        "192.88.99.0/24",  # relays of 6to4: RFC 7526
        "192.168.0.0/16",  # private: RFC 1918
        "198.18.0.0/15",  # measuring devices: RFC 2544
        "198.51.100.0/24",  # documentation: RFC 5737
        "203.0.113.0/24",  # documentation: RFC 5737
        "224.0.0.0/4",  # multicast: RFC 5771
        "240.0.0.0/4",  # reserved, and broadcast: RFC 1112, RFC 919
    )
)


def is_public(address: str) -> bool:
    """Whether a numeric address belongs to the public internet; what is no address is not."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if parsed.version == 4:
        return not any(parsed in network for network in _CLOSED_V4)
    return parsed in _PUBLIC_V6 and not any(parsed in network for network in _CLOSED_V6)
