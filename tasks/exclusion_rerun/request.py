"""What an exclusion-rerun was asked to do, checked against the workspace before anything is begun."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from inputs.contacts_csv import ContactsFile
from inputs.named_columns import NamedColumns, read_columns
from models.errors import Hidden, InvalidInput
from models.rerun_plan import HoldUntil
from platforms.port import Platform
from tasks import checking

ANSWERS = {"yes": True, "y": True, "approve": True, "approved": True, "true": True,
           "no": False, "n": False, "reject": False, "rejected": False, "false": False}  # fmt: skip


@dataclass(frozen=True)
class AskedRerun:
    """The parameters of `exclusion-rerun`, names as the workspace spells them.

    `contacts` is whom the user named (None: the play's audience); `approve` is `all`, `none`, the answers of a file
    (columns `email, decision` (bool), `why`), or None: ask.
    """

    exclusion: str
    play: str | None
    sequence: str
    contacts: ContactsFile | None
    contacts_csv: Path | None
    send_from: tuple[str, ...]
    hold_until: HoldUntil
    max_hold_days: int
    approve: str | pd.DataFrame | None
    shield_others: bool

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return f"{self.exclusion} in {self.sequence}"


def check_rerun(
    platform: Platform, exclusion: str, play: str | None, contacts_csv: str | None, contacts: str | None,
    sequence: str | None, send_from: list[str] | None, hold_until: HoldUntil, max_hold_days: int,
    approve: str | None, shield_others: bool,
) -> AskedRerun:  # fmt: skip
    """The parameters, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
    exclusion = checking.exclusion(platform, "exclusion", exclusion)
    if shield_others and "plays" in platform.hidden:
        raise InvalidInput("shield_others", str(Hidden("plays")), "Leave it off: nobody knows who would be let in")
    named = checking.contacts(platform, contacts_csv, contacts)
    if play is None and named is None:
        raise InvalidInput("play", "is missing", "Name a play, or contacts and the sequence they go into")
    play, own_sequence, own_mailboxes = _play(platform, play) if play else (None, None, ())
    sequence = checking.sequence(platform, "sequence", sequence) if sequence else own_sequence
    if sequence is None:
        raise InvalidInput("sequence", "is missing", "Name the sequence that the contacts go into")
    senders = checking.mailboxes(platform, "send_from", send_from) if send_from else own_mailboxes
    return AskedRerun(
        exclusion=exclusion, play=play, sequence=sequence, contacts=named,
        contacts_csv=Path(contacts_csv) if contacts_csv else None,
        send_from=senders or checking.own_mailboxes(platform, "send_from"), hold_until=hold_until,
        max_hold_days=max_hold_days, approve=answers(platform, approve), shield_others=shield_others,
    )  # fmt: skip


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
    found = read_columns(None if pasted else Path(word), word if pasted else None, "approve",
                         ("email", "decision"), ("why",))  # fmt: skip
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
