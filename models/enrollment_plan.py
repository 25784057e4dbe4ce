"""Plans whose contacts are enrolled: through duplicates of plays, or directly."""

import re

from pydantic import AwareDatetime

from models.plan import Plan
from models.records import Record
from models.wording import counted

OURS = re.compile(r"( \(handoff [^)]*\))+$")  # what an earlier run added to a play's name


def copy_name(play: str | None, operation_id: str, at: int) -> str:
    """What an operation's audience and its duplicate of a play are called; "" where no play is meant."""
    return f"{OURS.sub('', play)[:150]} (handoff {operation_id}.{at})" if play else ""


class Group(Record):
    """Contacts that go into one sequence in one way: through a duplicate of a play, or directly (`play` is None).

    `target` is where they are enrolled: the sequence they were in, or its duplicate when they start over.
    """

    target: str
    play: str | None
    contacts: int
    name: str
    """The name of the audience and of the play's duplicate; it carries the operation's id."""

    def __str__(self) -> str:
        if self.play is None:
            return f"enroll {counted(self.contacts, 'contact')} directly into '{self.target}'"
        return (
            f"upload {counted(self.contacts, 'contact')} as the audience '{self.name}', duplicate the play"
            f" '{self.play}' onto it under the same name, and run the copy into '{self.target}'"
        )


class EnrollmentPlan(Plan):
    """How contacts get into sequences. `duplicate_sequences` are (source, name of the copy)."""

    groups: tuple[Group, ...] = ()
    duplicate_sequences: tuple[tuple[str, str], ...] = ()
    send_from: tuple[str, ...] = ()

    @property
    def takes_from(self) -> str | None:
        """The sequence that contacts may be taken out of; whoever runs in any other one is left there."""
        return None

    @staticmethod
    def actions_for(groups: tuple[Group, ...], duplicates: tuple[tuple[str, str], ...] = ()) -> tuple[str, ...]:
        """The names of the changes that enrolling these groups takes."""
        through_plays = any(group.play for group in groups)
        return (
            *(["duplicate_sequence"] if duplicates else []),
            *(["upload_audience", "duplicate_play", "run_play"] if through_plays else []),
            "enroll",
        )

    def lines(self) -> tuple[str, ...]:
        """As of every plan; sequences are duplicated first of all."""
        duplicates = [f"duplicate the sequence '{old}' as '{new}'" for old, new in self.duplicate_sequences]
        return (*duplicates, *super().lines())


class ReenrollmentPlan(EnrollmentPlan):
    """How contacts get back into the sequences they fell out of. `certain` counts those a snapshot names."""

    changed_at: AwareDatetime | None
    certain: int
