"""Where messages can go, each as one of Prefect's own notification blocks, named `handoff`. Loads Prefect.

The credential is kept in the block, among what Prefect shows to nobody.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from models.errors import InvalidInput

if TYPE_CHECKING:
    from prefect.blocks.abstract import NotificationBlock
    from pydantic import SecretStr

NAME = "handoff"


class Channel(StrEnum):
    """What `--to` takes."""

    slack = "slack"
    teams = "teams"
    email = "email"
    webhook = "webhook"


TYPES = {
    Channel.slack: "slack-webhook",
    Channel.teams: "ms-teams-webhook",
    Channel.email: "sendgrid-email",
    Channel.webhook: "custom-webhook",
}
CREDENTIALS = {
    Channel.slack: "the address of a Slack webhook (https://hooks.slack.com/…)",
    Channel.teams: "the address of a Teams workflow (https://….logic.azure.com/workflows/…)",
    Channel.email: "SendGrid's API key",
    Channel.webhook: "the address of a webhook (https://…)",
}


def save(block: "NotificationBlock") -> str:
    """Keep a block on Prefect's server, in place of the one before; gives its id."""
    return str(block.save(NAME, overwrite=True))


def block_for(
    channel: Channel, credential: "SecretStr", sender: str | None, recipients: Sequence[str]
) -> "NotificationBlock":
    """The block of a channel with its credential. `sender` and `recipients` are addresses, for email alone.

    Raises InvalidInput, which repeats no credential, where it is none of that channel.
    """
    from prefect.blocks.notifications import (
        CustomWebhookNotificationBlock,
        MicrosoftTeamsWebhook,
        SendgridEmail,
        SlackWebhook,
    )

    refused = InvalidInput(f"--to {channel}", f"what was given is not {CREDENTIALS[channel]}", "Copy it again")
    if channel is not Channel.email and not _is_address(credential):
        raise refused
    if channel is Channel.webhook:
        return CustomWebhookNotificationBlock(
            name=NAME,
            url="{{address}}",
            json_data={"text": "{{subject}}\n{{body}}"},  # as Slack, Mattermost, Rocket.Chat and Google Chat take it
            secrets={"address": credential.get_secret_value()},  # type: ignore[arg-type]  # pydantic wraps it
        )
    try:
        block: SendgridEmail | SlackWebhook | MicrosoftTeamsWebhook
        if channel is Channel.email:
            block = SendgridEmail(api_key=credential, sender_email=sender or "", to_emails=list(recipients))
        else:
            block = (SlackWebhook if channel is Channel.slack else MicrosoftTeamsWebhook)(url=credential)
    except (ValueError, TypeError):  # of Prefect and of apprise; the words hold what was given
        raise refused from None
    if not block._apprise_client:  # apprise says nothing of an address that it does not know, and sends nowhere
        raise refused
    return block


def _is_address(credential: "SecretStr") -> bool:
    try:
        address = urlsplit(credential.get_secret_value())
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.hostname)
