"""What is no credential of a channel is refused before anything is kept, and is repeated nowhere."""

import pytest
from pydantic import SecretStr

from cli.notifying.channels import Channel, block_for
from models.errors import InvalidInput
from models.failures import failure_of

# Of apprise, which Prefect sends by.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.mark.parametrize(
    ("channel", "given"),
    [
        (Channel.slack, "https://example.test/a-secret"),
        (Channel.slack, "a-secret"),
        (Channel.teams, "https://acme.webhook.office.com/webhookb2/a-secret"),
        (Channel.teams, "ftp://a-secret"),
        (Channel.email, "a secret with spaces"),
        (Channel.webhook, "a-secret"),
        (Channel.webhook, "https://[a-secret"),
    ],
)
def test_what_is_no_credential_is_refused(channel: Channel, given: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        block_for(channel, SecretStr(given), "handoff@acme.test", ["ops@acme.test"])
    assert f"--to {channel}" == refused.value.field
    assert "secret" not in failure_of(refused.value).sentence
    assert refused.value.__cause__ is None
