"""Addresses that people can click: an operation's files where they are served, and runs in Prefect's UI."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$>-])")


@dataclass(frozen=True)
class WebAddresses:
    """Where reports are served, and where Prefect's UI is; None where it is not known."""

    reports: str | None = None
    prefect: str | None = None

    def file(self, operation_id: str, path: str) -> str | None:
        """The address of a file of an operation; None where nothing is served."""
        base = _shareable(self.reports)
        return f"{base}/{quote(operation_id)}/{quote(Path(path).name)}" if base else None

    def linked(self, text: str) -> str:
        """Text that Markdown shows as it stands, but for addresses of ours in it: those are links.

        Any other address is text: names come from the workspace, and nobody is to be led elsewhere by one.
        """
        base = _shareable(self.prefect)
        if not base:
            return plain(text)
        parts = re.split(f"({re.escape(base)}/[A-Za-z0-9/-]+)", text)
        return "".join(f"[{plain(part)}]({part})" if at % 2 else plain(part) for at, part in enumerate(parts))


def plain(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return _SPECIAL.sub(r"\\\1", text.replace("&", "&amp;").replace("<", "&lt;"))


def _shareable(address: str | None) -> str | None:
    """A web address without user and password, and without a slash at its end; None for any other kind."""
    parts = urlsplit(address or "")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return None
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, quote(parts.path.rstrip("/")), "", ""))
