"""Cancellations of a mailbox's enrollments that no operation of ours made, and the change of owner they tell of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial

import pandas as pd

from journal import snapshots, taken_out
from models.rules.fallout import ChangeMoment, moment_of_change, without
from models.tables.owners import OwnerSnapshotRow
from platforms.port.enrollments import ENROLLMENT_COLUMNS
from tasks.operation import Operation

CHUNK = 50_000


@dataclass(frozen=True)
class Cancellations:
    """Those of one mailbox since an instant (None: ever); each is read when it is needed, and once."""

    operation: Operation
    mailbox: str
    since: datetime | None = None

    @cached_property
    def _ours(self) -> pd.DataFrame:
        return taken_out.under_way(self.operation.journal, self.operation.row.workspace, self.since)

    @cached_property
    def _undos(self) -> pd.DataFrame:
        return taken_out.under_way(self.operation.journal, self.operation.row.workspace, self.since, ("undo",))

    @cached_property
    def ends(self) -> pd.DataFrame:
        """When enrollments were cancelled, as the port tells, without those that operations of ours ended."""
        ends = self.operation.platform.ends(self.mailbox)
        if self._ours.empty:
            return ends
        ours = [chunk.loc[self._by_us(chunk), "ended_at"] for chunk in self._cancelled()]
        return without(ends, pd.concat(ours)) if ours else ends

    def people(self) -> Iterator[pd.DataFrame]:
        """Who was cancelled, in chunks as the port tells, with `facts`; without those whose enrollment operations of
        ours ended.

        Those whom an undo took out had fallen out before they were put back: that is what counts, as if neither had
        been.
        """
        for chunk in self._cancelled(facts=True):
            if self._ours.empty:
                yield chunk
                continue
            undone = taken_out.by_us(self.operation.journal, self._undos, chunk)
            yield chunk[~self._by_us(chunk)]
            if undone.any():
                yield self._before(chunk[undone])

    def moment(
        self, before: OwnerSnapshotRow | None, after: OwnerSnapshotRow | None, given: datetime | None = None
    ) -> ChangeMoment | None:
        """The change between a look at one owner and the first at the next, by who was cancelled; or as `given`."""
        since, until = before.taken_at if before else None, after.owner_seen_at if after else None
        return moment_of_change(self.ends, given, since, until, partial(self._of_recorded, before) if before else None)

    def _of_recorded(self, before: OwnerSnapshotRow) -> "pd.Series[pd.Timestamp]":
        """When those were cancelled who ran at a look."""
        recorded = snapshots.recorded(self.operation.journal, before.id or 0)
        found = [chunk.loc[chunk["email"].isin(recorded), "ended_at"] for chunk in self.people()]
        return pd.to_datetime(pd.concat(found) if found else pd.Series([], dtype=object), utc=True)

    def _before(self, undone: pd.DataFrame) -> pd.DataFrame:
        """The enrollment from this mailbox that each of these was cancelled in before the one that an undo ended."""
        ever = undone[["email"]].assign(since=pd.Series(pd.NaT, index=undone.index, dtype="datetime64[ns, UTC]"))
        history = self.operation.platform.history(ever.reset_index(drop=True))
        found = history.merge(undone[["email", "started_at"]].rename(columns={"started_at": "put_back_at"}), on="email")
        earlier = found["started_at"].lt(found["put_back_at"]) & found["end"].eq("canceled")
        found = found[earlier & found["mailbox"].eq(self.mailbox)].sort_values("ended_at", kind="stable")
        return found.drop_duplicates("email", keep="last")[ENROLLMENT_COLUMNS]

    def _cancelled(self, *, facts: bool = False) -> Iterator[pd.DataFrame]:
        return self.operation.platform.cancelled(self.mailbox, CHUNK, facts=facts)

    def _by_us(self, chunk: pd.DataFrame) -> "pd.Series[bool]":
        return taken_out.by_us(self.operation.journal, self._ours, chunk)
