"""Whose request it is: the peer, or whom a trusted proxy names."""

import ipaddress
from collections.abc import Mapping, Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_FORWARDING = ("x-forwarded-for", "forwarded", "x-real-ip", "via")


def networks(proxies: Sequence[str]) -> tuple[Network, ...]:
    """Addresses and networks ("10.0.0.0/8") of trusted proxies. Raises ValueError for what is neither."""
    return tuple(ipaddress.ip_network(proxy.strip(), strict=False) for proxy in proxies if proxy.strip())


class Addresses:
    """Tells clients from proxies. X-Forwarded-For counts only as far as trusted proxies wrote it."""

    def __init__(self, proxies: Sequence[str]) -> None:
        """proxies: as `networks` takes them."""
        self._trusted = networks(proxies)

    def client(self, peer: str, headers: Mapping[str, str]) -> str:
        """
        The client's address, "" when the peer has none (a unix socket) and nobody names one.

        Read from the right: the first address that no trusted proxy has is the client's; what stands left of it anybody
        can have written.
        """
        named = [part.strip() for part in headers.get("x-forwarded-for", "").split(",") if part.strip()]
        client = peer
        while self._is_trusted(client) and named:
            candidate = named.pop()
            if _address(candidate) is None:
                break
            client = candidate
        return client

    def household(self, peer: str, headers: Mapping[str, str]) -> str:
        """What counts as one client for limits: an IPv4 address, a /64 of IPv6."""
        client = self.client(peer, headers)
        address = _address(client)
        if isinstance(address, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((address, 64), strict=False))
        return str(address) if address else client

    def is_loopback(self, peer: str, headers: Mapping[str, str]) -> bool:
        """Asked from this machine itself: no proxy in between, trusted or not."""
        address = _address(peer)
        if address is None or not address.is_loopback or self._is_trusted(peer):
            return False
        return not any(name in headers for name in _FORWARDING)

    def _is_trusted(self, name: str) -> bool:
        address = _address(name)
        return address is not None and any(address in network for network in self._trusted)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address
