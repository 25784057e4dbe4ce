"""Bodies of requests to the Tasks API, as its contract writes them."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, model_validator

from models.records import Instant, TaskPriority

MailAddress = Annotated[str, Field(pattern=r"^[^\s@]+@[^\s@]+$")]


def _said(value: Any) -> Any:
    if value is None:
        raise ValueError("may be left out, but not null")
    return value


Priority = Annotated[TaskPriority | None, AfterValidator(_said)]


class _NewTask(BaseModel):
    person_id: UUID
    priority: Priority = "MEDIUM"
    due_at: Instant | None = None


class NewEmail(_NewTask):
    """The sandbox sends no emails by hand: of the draft it keeps nothing."""

    type: Literal["EMAIL"]
    mailbox_email: MailAddress
    subject: str
    content: str
    cc_recipients: list[MailAddress] = []
    bcc_recipients: list[MailAddress] = []


class NewOther(_NewTask):
    type: Literal[
        "ACTION_ITEM",
        "PHONE_CALL",
        "LINKEDIN_SEND_MESSAGE",
        "LINKEDIN_SEND_CONNECTION_REQUEST",
        "LINKEDIN_VIEW_PROFILE",
    ]
    note_content: str | None = None


NewTask = Annotated[NewEmail | NewOther, Field(discriminator="type")]


class TaskChanges(BaseModel):
    """At least one of them; nobody is assigned by null."""

    assigned_user_id: UUID | None = None
    priority: Priority = None
    due_at: Instant | None = None

    @model_validator(mode="after")
    def _says_something(self) -> "TaskChanges":
        if not self.model_fields_set:
            raise ValueError("one of assigned_user_id, priority and due_at has to be given")
        return self
