"""Plans whose contacts are enrolled: through duplicates of plays, or directly."""

import re
from typing import Any, ClassVar

from pydantic import AwareDatetime, SerializerFunctionWrapHandler, model_serializer

from models.changes import Change, DuplicatePlay, DuplicateSequence, RunPlay, UploadAudience
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
    wave: int = 1
    """Which wave its contacts are of."""

    @model_serializer(mode="wrap")
    def _as_before(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """The first wave is not written: so were plans of earlier releases, and approvals bind to what is written."""
        return {name: value for name, value in write(self).items() if name != "wave" or value > 1}

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
    waves: tuple[int, ...] = ()
    """How many contacts each wave has; empty: all at once."""
    wave_wait: int | None = None
    """Minutes from one wave to the next; None: a person says when."""
    ADDED: ClassVar[frozenset[str]] = frozenset({"waves", "wave_wait"})

    @property
    def takes_from(self) -> str | None:
        """The sequence that contacts may be taken out of; whoever runs in any other one is left there."""
        return None

    @property
    def wave_numbers(self) -> range:
        """The waves, from 1: one where everybody is enrolled at once."""
        return range(1, len(self.waves or (0,)) + 1)

    def groups_of(self, wave: int) -> tuple[tuple[int, Group], ...]:
        """The groups of a wave, each with its place among all, from 1."""
        return tuple((at, group) for at, group in enumerate(self.groups, 1) if group.wave == wave)

    def enrolls_into(self) -> tuple[str, ...]:
        """As of every plan."""
        source_of = {copy: source for source, copy in self.duplicate_sequences}
        into = (source_of.get(group.target, group.target) for group in self.groups if group.contacts)
        return tuple(dict.fromkeys(into))

    def duplicating(self) -> tuple[tuple[str, Change], ...]:
        """The sequences to duplicate, each under the key that it has among an operation's changes."""
        return tuple(
            (f"duplicate_sequence:{name}", DuplicateSequence(sequence=source, name=name))
            for source, name in self.duplicate_sequences
        )

    def making_ready(self, number: str, group: Group, csv: str) -> tuple[tuple[str, Change], ...]:
        """What makes a group's copy of a play ready to run, by the same keys; `csv` is the file of its audience."""
        if group.play is None:
            return ()
        copy = DuplicatePlay(
            play=group.play, name=group.name, audience=group.name, sequence=group.target, mailboxes=self.send_from
        )
        upload = UploadAudience(name=group.name, csv=csv)
        return ((f"upload:{number}", upload), (f"duplicate_play:{number}", copy))

    def audience_file(self, at: int) -> str:
        """The name of the file with the audience of the group at that place, from 1."""
        return f"audience-{at}.csv" if len(self.groups) > 1 else "audience.csv"

    def to_make(self) -> tuple[Change, ...]:
        """As of every plan; sequences and plays are duplicated before, and the copies run after."""
        groups = [(at, group) for at, group in enumerate(self.groups, 1) if group.play is not None and group.contacts]
        ready = [self.making_ready(str(at), group, self.audience_file(at)) for at, group in groups]
        before = (change for _, change in (*self.duplicating(), *(one for part in ready for one in part)))
        return (*before, *super().to_make(), *(RunPlay(play=group.name) for _, group in groups))

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
