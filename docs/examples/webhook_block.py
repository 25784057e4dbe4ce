"""Keep the address of a webhook in Prefect as the notification block `handoff`, and print the block's id.

The address is read from the environment variable WEBHOOK, and kept where Prefect shows it to nobody. What is sent is
JSON with `text`, as Slack, Mattermost and Teams' workflows take it.
"""

import os
import sys

from prefect.blocks.notifications import CustomWebhookNotificationBlock

block = CustomWebhookNotificationBlock.model_validate(
    {
        "name": "handoff",
        "url": "{{address}}",
        "json_data": {"text": "{{subject}}\n{{body}}"},
        "secrets": {"address": os.environ["WEBHOOK"]},
    }
)
sys.stdout.write(f"{block.save('handoff', overwrite=True)}\n")
