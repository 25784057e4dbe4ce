"""The chunks of a large operation, each enrolled by one process at a time. Times are ours."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from models.tables.columns import time_column


class ChunkRow(SQLModel, table=True):
    """Contacts of one wave of an operation, to be enrolled directly into one sequence: those whose outcome's id is
    between `first_id` and `last_id`."""

    __tablename__ = "chunk"
    __table_args__ = (UniqueConstraint("operation_id", "sequence", "wave", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    operation_id: str = Field(foreign_key="operation.id")
    sequence: str
    wave: int
    number: int  # from 1
    first_id: int
    last_id: int
    contacts: int
    starts: int = 0  # how many runs were begun for it
    flow_run_id: str | None = None  # the last of them
    carrier: str | None = None  # the process that enrolls it (`models/carrier.py`)
    carrier_until: datetime | None = time_column()  # its next sign of life
    ended_at: datetime | None = time_column()  # everybody has an outcome
