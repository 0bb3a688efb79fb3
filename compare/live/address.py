"""Where the live page's server listens, and by which names it is called."""

from __future__ import annotations

import errno
import os
import socket
from ipaddress import ip_address

NEXT_PORTS = 100  # tried where one is in use
IN_USE: tuple[int, ...] = (errno.EADDRINUSE, 10048)  # the second on Windows
if os.name == "nt":  # which denies access to ports that are reserved
    IN_USE += (errno.EACCES,)


def is_address(name: str) -> bool:
    """Whether this is an IP address, which nobody can make lead elsewhere."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def hosts_of(host: str, port: int) -> frozenset[str]:
    """What the Host header of a request to this server may be."""
    names = {"127.0.0.1", "localhost", "[::1]", bracketed(host).lower()}
    if not is_loopback(host):
        own = socket.gethostname().lower()
        names |= {own, f"{own.removesuffix('.local')}.local"}
    return frozenset({f"{name}:{port}" for name in names} | (names if port == 80 else set()))


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server there."""
    return host == "localhost" or (is_address(host) and ip_address(host).is_loopback)


def bracketed(host: str) -> str:
    """A host as addresses write it."""
    return f"[{host}]" if ":" in host else host


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there, or at the next free port. Raises ValueError where there can't be one."""
    check_port(port)
    try:
        family, kind, _, _, (name, *_) = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise ValueError(f"host {host}: is not known: use 127.0.0.1, or an address of this machine") from None
    reason = ""
    for number in range(port, min(port + NEXT_PORTS, 65536)):
        listening = socket.socket(family, kind)
        try:
            if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # on Windows the other option would share the port
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind((name, number))
            listening.listen(128)  # or another could still take it
            return listening
        except OSError as error:
            listening.close()
            if error.errno not in IN_USE:
                raise ValueError(f"{host}:{number} cannot be listened at ({error.strerror}): choose another") from None
            reason = str(error.strerror).lower()
    raise ValueError(f"no port from {port} on is free ({reason}): choose another --port")


def check_port(port: int) -> None:
    """Raises ValueError for what is no port."""
    if not 0 <= port <= 65535:
        raise ValueError(f"port must be from 0 (any that is free) to 65535, got {port}: choose another --port")
