"""What stays of an operation whose contacts were removed, since they were kept long enough."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from models.tables.columns import json_column, time_column


class RemovedContactsRow(SQLModel, table=True):
    """That contacts of an operation were removed, with what reports, stories and nights count of all that it had."""

    __tablename__ = "removed_contacts"
    operation_id: str = Field(foreign_key="operation.id", primary_key=True)
    removed_at: datetime = time_column(nullable=False)  # our time
    removed: int = 0  # how many rows; the others are needed still
    forecasts: dict[str, int] = json_column()  # of all its rows, by forecast
    outcomes: dict[str, int] = json_column()  # by outcome
    reasons: dict[str, int] = json_column()  # by code, as its report counts them
    verdicts: dict[str, int] = json_column()
    as_forecast: bool  # whether each came to the outcome that was forecast
    mailboxes: list[str] = json_column()
    rehearsal: dict[str, Any] | None = json_column()  # as in its report, without contacts
