"""Who sits at a shell: what a name in the journal is, where a person did not give one."""

import getpass
import os
import socket


def login() -> str:
    """The login name; the user's number where the system has no name for it, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # the second from Python 3.13 on
        return f"user {os.getuid()}"


def login_and_host() -> str:
    """`olga@laptop`: who, and on which machine."""
    return f"{login()}@{socket.gethostname()}"
