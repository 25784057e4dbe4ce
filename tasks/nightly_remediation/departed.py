"""Who ran last night and does not tonight, and is in no ownership change: nobody in a record is lost with it."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property

import pandas as pd

from journal import departed, snapshots
from models.night_plan import LeftOver, NightJob
from models.night_policy import NightPolicy
from models.rules.departed import evidence
from models.rules.fallout import ChangeMoment
from models.tables.owners import OwnerSnapshotRow
from models.wording import counted, in_utc
from tasks.fates import fates_of
from tasks.nightly_remediation.came_and_went import runs_on_since
from tasks.nightly_remediation.changed import LEFT_OUT, remediated
from tasks.operation import Operation
from tasks.ownership_change.cancellations import Cancellations

UNSEEN = "they ran since the last night and are cancelled now, and no change of owner can be seen"
DECIDE = (
    "look at each: if the mailbox changed its owner and back meanwhile, run ownership-change for {} with these"
    " contacts; whoever was taken out by hand stays out"
)


def account_for_departed(
    operation: Operation, policy: NightPolicy, busy: set[str], cut_short: list[str]
) -> tuple[list[NightJob], list[LeftOver]]:
    """What to start for people who fell out at a change of owner that was seen and is not the last one, and those to
    name: nobody knows why they were cancelled. Named by one night alone.

    Who was enrolled elsewhere since is named too, where a change may have taken them out, for nobody to act on. Who can
    be accounted for by history or by an operation is forgotten; who is in an ownership change that is open, or
    in an operation under way (`cut_short`: these do not go on by themselves), stays for another night.
    """
    journal, workspace = operation.journal, operation.row.workspace
    departed.forget_named(journal, workspace)
    departed.release(journal, operation.id)  # a plan that was cut short is made anew
    mailboxes: dict[str, _Mailbox] = {}
    named, back = Counter[tuple[str, str]](), defaultdict[tuple[str, int], list[tuple[str, str]]](list)
    for everybody in departed.open_chunks(journal, workspace, operation.id):
        chunk = everybody.drop_duplicates("email", keep="last")
        departed.forget(journal, everybody.loc[~everybody["id"].isin(chunk["id"]), "id"])
        found = fates_of(operation, chunk, cut_short)
        departed.forget(journal, found.loc[found["fate"] == "accounted", "id"])
        for name, there in found[found["fate"] == "elsewhere"].groupby("last_mailbox"):
            _name_who_runs_elsewhere(operation, mailboxes.setdefault(str(name), _Mailbox(operation, str(name))), there)
        for name, out in found[found["fate"] == "out"].groupby("last_mailbox"):
            mailbox = mailboxes.setdefault(str(name), _Mailbox(operation, str(name)))
            change = mailbox.changes_of(out)
            unseen = out[change.eq(_Mailbox.AT_NONE)]
            departed.name(journal, operation.id, unseen.assign(detail=evidence(unseen, mailbox.ends)))
            named.update(zip(unseen["mailbox"], unseen["sequence"], strict=True))
            for number, of_one in out[change.gt(0)].groupby(change):
                back[str(name), int(number)] += list(of_one[["email", "sequence"]].itertuples(index=False))
    left = [
        LeftOver(
            mailbox=mailbox, sequence=sequence, contacts=number, why=UNSEEN, departed=True, how=DECIDE.format(mailbox)
        )
        for (mailbox, sequence), number in sorted(named.items())
    ]
    jobs, rest = _put_back(policy, back, mailboxes, busy)
    return jobs, left + rest


def _name_who_runs_elsewhere(operation: Operation, mailbox: "_Mailbox", there: pd.DataFrame) -> None:
    """Have those named, for nobody to act on, who may have fallen out at a change of owner that cannot be seen; an open
    one names those that it took out by its own operation."""
    by_hand = there["fell_at"].gt(mailbox.runs_on_since)
    departed.forget(operation.journal, there.loc[by_hand, "id"])
    unseen = there[~by_hand & mailbox.changes_of(there).ne(_Mailbox.OPEN)]
    departed.name(operation.journal, operation.id, unseen.assign(detail=evidence(unseen, mailbox.ends)))


class _Mailbox:
    """What is known of a mailbox's changes of owner, and of who was cancelled at them."""

    OPEN, AT_NONE = 0, -1

    def __init__(self, operation: Operation, mailbox: str) -> None:
        self._operation, self._mailbox = operation, mailbox

    @cached_property
    def ends(self) -> pd.DataFrame:
        """When enrollments from it were cancelled, as the port tells, without those that we ended."""
        return Cancellations(self._operation, self._mailbox).ends

    @cached_property
    def runs_on_since(self) -> pd.Timestamp:
        """Whoever was cancelled later than this was taken out by hand: others ran on."""
        if self._mailbox not in self._owners:  # nothing runs from one that does not show
            return pd.Timestamp.max.tz_localize("UTC")
        return runs_on_since(self._operation, self._mailbox)

    @cached_property
    def _owners(self) -> dict[str, str | None]:
        found = self._operation.platform.mailboxes()
        return dict(zip(found["mailbox"], found["owner"], strict=True))

    @cached_property
    def _open(self) -> tuple[ChangeMoment, set[str]] | None:
        """The moment of the last change, and the sequences whose contacts are back; None: nothing is to be done."""
        if self._mailbox not in self._owners:
            return None
        owner, row = self._owners[self._mailbox], self._operation.row
        change = snapshots.last_change(
            self._operation.journal, row.workspace, self._mailbox, owner, self._operation.now()
        )
        done = remediated(self._operation, self._mailbox, change[0]) if change else None
        moment = self._moment(*change) if change else None
        return None if done is None or moment is None else (moment, done)

    def _moment(self, before: OwnerSnapshotRow, after: OwnerSnapshotRow | None) -> ChangeMoment | None:
        return Cancellations(self._operation, self._mailbox, before.taken_at).moment(before, after)

    @cached_property
    def earlier(self) -> dict[int, tuple[OwnerSnapshotRow, OwnerSnapshotRow, ChangeMoment]]:
        """The changes before the last one: the look before and the one after, and the moment; by the first's number.

        Nobody is put back from a mailbox that does not show.
        """
        if self._mailbox not in self._owners:
            return {}
        workspace, now = self._operation.row.workspace, self._operation.now()
        seen = snapshots.changes_seen(self._operation.journal, workspace, self._mailbox, now)
        found = {}
        for before, after in seen[:-1]:
            if (moment := self._moment(before, after)) is not None:
                found[before.id or 0] = (before, after, moment)
        return found

    def changes_of(self, out: pd.DataFrame) -> "pd.Series[int]":
        """At which change each of these (see `models.rules.departed.fates`) fell out: the number of the look before an
        earlier one, OPEN where it is the last one and still to be seen to, AT_NONE where it was at none."""
        which = pd.Series(self.AT_NONE, index=out.index)
        stayed = out["last_sequence"].eq(out["sequence"]) & out["last_mailbox"].eq(out["mailbox"])
        for number, (before, _, moment) in self.earlier.items():
            which = which.mask(stayed & _at(out, moment) & out["seen_at"].ge(before.taken_at), number)
        if self._open is not None:
            moment, done = self._open
            which = which.mask(_at(out, moment) & ~out["last_sequence"].isin(done), self.OPEN)
        return which


def _at(out: pd.DataFrame, moment: ChangeMoment) -> "pd.Series[bool]":
    return out["fell_at"].between(moment.earliest, moment.latest)


def _put_back(
    policy: NightPolicy,
    back: dict[tuple[str, int], list[tuple[str, str]]],
    mailboxes: dict[str, _Mailbox],
    busy: set[str],
) -> tuple[list[NightJob], list[LeftOver]]:
    """A job for each change of owner that was seen and undone or followed by another, with those it took out."""
    jobs, left = list[NightJob](), list[LeftOver]()
    for (mailbox, number), people in sorted(back.items()):
        left += _left_out(policy, mailbox, people)
        emails = tuple(email for email, sequence in people if policy.allows(mailbox, sequence))
        if not emails or mailbox in busy:
            continue
        before, after, moment = mailboxes[mailbox].earlier[number]
        why = policy.why_planned("ownership-change", len(emails))
        jobs.append(
            NightJob(
                key=f"changed:{mailbox}:{number}",
                mailbox=mailbox,
                contacts=emails,
                live=not why,
                why=why,
                told=f"its owner was {before.owner or 'nobody'} and then {after.owner or 'nobody'}, and changed again;"
                f" {counted(len(emails), 'contact')} fell out about {in_utc(moment.at)}",
            )
        )
    return jobs, left


def _left_out(policy: NightPolicy, mailbox: str, people: list[tuple[str, str]]) -> Iterator[LeftOver]:
    what = LEFT_OUT.format("this sequence" if policy.allows_mailbox(mailbox) else "this mailbox")
    for name in sorted({sequence for _, sequence in people if not policy.allows(mailbox, sequence)}):
        rest = tuple(email for email, sequence in people if sequence == name)
        yield LeftOver(mailbox=mailbox, sequence=name, contacts=len(rest), emails=rest, why=what)
