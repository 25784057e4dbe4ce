"""Who carries an operation: a process, by its machine, its number there and when it began."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Carrier:
    """A process. A number is given anew once a process has ended, so `began` belongs to it.

    `machine` tells apart who shares a host's name and not its processes: other kernels, and containers on one.
    """

    host: str
    pid: int
    began: str
    machine: str

    def __str__(self) -> str:
        return f"{self.host}/{self.pid}/{self.began}/{self.machine}"

    @classmethod
    def parse(cls, text: str) -> "Carrier":
        """The reverse of `str`."""
        host, pid, began, machine = text.split("/", 3)
        return cls(host, int(pid), began, machine)
