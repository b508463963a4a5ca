"""Keeps every connection of this process out of private networks, whatever a redirect or a name says."""

import ipaddress
import socket
from urllib.parse import urlsplit

from .failures import Failure

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddress(OSError):
    """A connection to a private address was tried."""

    def __init__(self):
        super().__init__("private network address refused")


def is_public(text):
    """Whether an address belongs to the public internet, seen through every mapping into IPv6."""
    address = ipaddress.ip_address(text.split("%")[0])
    if address.version == 6:
        if address.ipv4_mapped:
            address = address.ipv4_mapped
        elif address.sixtofour:
            address = address.sixtofour
        elif address.teredo:
            return False
        elif address in _NAT64:
            address = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.is_global and not address.is_multicast


class Guard:
    """Decides which socket addresses may be reached."""

    def __init__(self, exceptions=(), allow_loopback=False):
        self._exceptions = set(exceptions)
        self._allow_loopback = allow_loopback
        self._connect = None

    def allows(self, host, port):
        """Whether a connection to this numeric address may be made."""
        if (host, port) in self._exceptions:
            return True
        if self._allow_loopback and ipaddress.ip_address(host.split("%")[0]).is_loopback:
            return True
        return is_public(host)

    def check_url(self, url):
        """Refuses an address before any extractor sees it: scheme, user name, and what the host resolves to."""
        if len(url) > 4096:
            raise Failure("unsupported", "the address is too long")
        try:
            parts = urlsplit(url)
        except ValueError:
            raise Failure("unsupported", "the address is malformed") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Failure("unsupported", "only http and https addresses are opened")
        if parts.username or parts.password:
            raise Failure("unsupported", "addresses with a user name are not opened")
        try:
            port = parts.port or (443 if parts.scheme == "https" else 80)
            found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
        except (ValueError, UnicodeError):
            raise Failure("unsupported", "the address is malformed") from None
        except OSError as error:
            if self._exceptions:
                return  # Behind a proxy names may be unknown here; the proxy resolves them.
            raise Failure("network", f"name not resolved: {error}") from None
        if not all(self.allows(entry[4][0], port) for entry in found):
            raise Failure("private_address")

    def install(self):
        """Puts the check into every TCP connection that Python code of this process makes."""
        guard, connect, connect_ex = self, socket.socket.connect, socket.socket.connect_ex

        def checked(sock, address):
            if sock.family not in (socket.AF_INET, socket.AF_INET6):
                raise PrivateAddress()
            host, port = address[0], address[1]
            try:
                ipaddress.ip_address(host.split("%")[0])
            except ValueError:
                address = socket.getaddrinfo(host, port, sock.family, sock.type)[0][4]
                host, port = address[0], address[1]
            if not guard.allows(host, port):
                raise PrivateAddress()
            return address

        socket.socket.connect = lambda sock, address: connect(sock, checked(sock, address))
        socket.socket.connect_ex = lambda sock, address: connect_ex(sock, checked(sock, address))


def proxy_exceptions(proxy):
    """The addresses of the configured proxy, which may be private."""
    if not proxy:
        return []
    parts = urlsplit(proxy)
    if not parts.hostname:
        return []
    port = parts.port or 8080
    try:
        return [(entry[4][0], port) for entry in socket.getaddrinfo(parts.hostname, port)]
    except OSError:
        return []
