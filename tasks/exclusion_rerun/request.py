"""What an exclusion-rerun is asked to do, checked against the workspace before anything is begun."""

from pathlib import Path
from typing import Annotated

import pandas as pd
from pydantic import Field

from inputs.contacts_csv import ContactsFile
from inputs.named_columns import NamedColumns, read_columns
from models.errors import Hidden, InvalidInput
from models.parameters import Range, check_range
from models.rerun_plan import HoldUntil
from models.waves import wave_sizes
from platforms.port import Platform
from tasks import checking
from tasks import request_fields as shared
from tasks.request import Request, once

ANSWERS = {
    "yes": True,
    "y": True,
    "approve": True,
    "approved": True,
    "true": True,
    "no": False,
    "n": False,
    "reject": False,
    "rejected": False,
    "false": False,
}


class ExclusionRerunRequest(Request):
    """Judge whom an exclusion keeps out, ask about each, and let the approved ones through their sequence."""

    procedure = "exclusion-rerun"

    exclusion: Annotated[str, shared.EXCLUSION] = Field(
        title="Exclusion",
        description="The exclusion that keeps the contacts out.",
        min_length=1,
        examples=["Customers"],
    )
    play: Annotated[str | None, shared.PLAY] = Field(
        None,
        title="Play",
        description="The play to run again: its audience's matches are judged, its sequence is meant. Or name the"
        " contacts and a sequence.",
        examples=["Q4 play"],
    )
    contacts: shared.PastedContacts = None
    contacts_csv: shared.ContactsCsv = None
    sequence: Annotated[str | None, shared.SEQUENCE] = Field(
        None,
        title="Sequence",
        description="Where you name the contacts: the sequence they go into. Left out: the play's own.",
        examples=["Outbound Q4"],
    )
    send_from: Annotated[list[str] | None, shared.MAILBOX] = Field(
        None,
        title="Send from",
        description="The mailboxes to send from, by turns. Left out: the play's, or your own.",
        examples=["ana@send.acme.test"],
    )
    waves: shared.Waves = None
    wave_wait: shared.WaveWait = None
    hold_until: HoldUntil = Field(
        "sequence_completed",
        title="Keep it off until",
        description="sequence_completed: until everybody has finished (R37). enrolled: give back at once; the"
        " exclusion then removes whoever still runs.",
    )
    max_hold_days: int = Field(
        90,
        title="Keep it off at most (days)",
        ge=1,
        le=365,
        description="How long the exclusion may stay off. A batch that needs longer is refused.",
    )
    approve: str | None = Field(
        None,
        title="Approve",
        description="Left out: you are asked about the matches, with the facts. Else all, none, or the answers: a"
        " CSV (pasted, or a path) with email, decision, why.",
        examples=["none"],
    )
    shield_others: bool = Field(
        False,
        title="Keep everybody else out",
        description="On: published plays keep out whom the exclusion matches and nobody approved, by their"
        " audiences' own toggles. Off: only those you declined.",
    )
    exclusion_wait_min: shared.ExclusionWaitMin = 15
    exclusion_wait_max: shared.ExclusionWaitMax = 60
    probe: shared.Probe = True

    @property
    def wait(self) -> Range:
        """How long to wait at least and at most. Raises InvalidInput."""
        return check_range("exclusion_wait", self.exclusion_wait_min, self.exclusion_wait_max)

    @once
    def check(self, platform: Platform) -> "ExclusionRerun":
        """The request, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
        wave_sizes("waves", self.waves)
        _ = self.wait
        exclusion = checking.exclusion(platform, "exclusion", self.exclusion)
        if self.shield_others and "plays" in platform.hidden:
            problem = str(Hidden("plays"))
            raise InvalidInput("shield_others", problem, "Leave it off: nobody knows who would be let in")
        named = checking.contacts(platform, self.contacts_csv, self.contacts)
        if self.play is None and named is None:
            raise InvalidInput("play", "is missing", "Name a play, or contacts and the sequence they go into")
        play, own_sequence, own_mailboxes = _play(platform, self.play) if self.play else (None, None, ())
        target = checking.sequence(platform, "sequence", self.sequence) if self.sequence else own_sequence
        if target is None:
            raise InvalidInput("sequence", "is missing", "Name the sequence that the contacts go into")
        senders = checking.mailboxes(platform, "send_from", self.send_from) if self.send_from else own_mailboxes
        return self.checked_as(
            ExclusionRerun,
            exclusion=exclusion,
            play=play,
            target=target,
            named=named,
            senders=senders or checking.own_mailboxes(platform, "send_from"),
            answers=answers(platform, self.approve),
        )


class ExclusionRerun(ExclusionRerunRequest):
    """The request with names as the workspace spells them.

    `target` is the sequence that they go into. `named` is whom the user named (None: the play's audience). `answers` is
    `all`, `none`, the answers of a file (columns `email, decision` (bool), `why`), or None: ask.
    """

    target: str
    named: ContactsFile | None
    senders: tuple[str, ...]
    answers: str | pd.DataFrame | None

    @property
    def source(self) -> Path | None:
        """The file that names the contacts."""
        return Path(self.contacts_csv) if self.contacts_csv else None

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return f"{self.exclusion} in {self.target}"


def _play(platform: Platform, name: str) -> tuple[str, str, tuple[str, ...]]:
    """A play's name as the workspace spells it, its sequence and its mailboxes."""
    name = checking.play(platform, "play", name)
    found = platform.plays().set_index("play").loc[[name]].to_dict("records")[0]
    if found["audience"] is None:
        raise InvalidInput("play", f"'{name}' has no audience", "Name the contacts instead")
    return name, found["sequence"], found["mailboxes"]


def answers(platform: Platform, approve: str | None) -> str | pd.DataFrame | None:
    """`approve` as it is meant: `all`, `none`, the rows of a file or of pasted text, or None.

    Raises InvalidInput that names the row of an answer that is neither yes nor no.
    """
    word = (approve or "").strip()
    if not word:
        return None
    if word.lower() in ("all", "none"):
        return word.lower()
    pasted = "\n" in word
    if not pasted and not word.lower().endswith(".csv"):
        raise InvalidInput("approve", f"'{word}' is no answer", "Say all, none, or a CSV with email, decision, why")
    found = read_columns(
        None if pasted else Path(word), word if pasted else None, "approve", ("email", "decision"), ("why",)
    )
    checking.refuse_lifting(platform, "approve", found.source.name, found.status.not_opted_out)
    for row, decision in found.rows[["row", "decision"]].itertuples(index=False):
        if decision.lower() not in ANSWERS and decision:
            raise found.refuse(row, "decision", f"'{decision}' is neither yes nor no", "Write yes or no")
    _refuse_barred(found)
    rows = found.rows[found.rows["decision"] != ""]
    twice = rows.loc[rows["email"].str.lower().duplicated(), "row"]
    if len(twice):
        raise found.refuse(int(twice.iloc[0]), "email", "is decided twice", "Leave one of the two rows")
    return rows.assign(
        email=rows["email"].str.lower(), decision=rows["decision"].str.lower().map(ANSWERS).astype(bool)
    )[["email", "decision", "why"]].reset_index(drop=True)


def _refuse_barred(found: NamedColumns) -> None:
    """Raise InvalidInput where a row says yes to somebody who opted out, bounced or replied as the file says."""
    for row, email, decision in found.rows[["row", "email", "decision"]].itertuples(index=False):
        stated = found.status.statements.get(email.lower())
        if stated and ANSWERS.get(decision.lower()):
            problem = f"'{decision}' for {email}, of whom {'; '.join(map(str, stated))}"
            raise found.refuse(row, "decision", problem, "Write no, or leave that column out where it is not meant")
