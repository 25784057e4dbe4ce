"""What `handoff notify --test` says became of a message, by what Prefect's events say."""

from typing import Any

from cli.notifying.automations import Automation
from cli.notifying.trying import DONE, NOT_DONE, became
from models.notices import NOTICES

NOTICE = NOTICES[0]
ON = Automation("a", NOTICE.name, enabled=True, blocks=("one", "two", "three"))


def event(name: str, **payload: Any) -> dict[str, Any]:
    return {"event": name, "payload": payload}


def test_each_block_is_sent_failed_with_the_last_words_of_its_log_or_not_known() -> None:
    log = "Sending\nFailed to send Slack notification: Unauthorized, error=404.\n\n"
    found = {("a", 0): event(DONE), ("a", 1): event(NOT_DONE, reason="Notification failed", notification_log=log)}
    sent, failed, unknown = became(NOTICE, ON, found)
    assert ("one", "sent", "") == (sent.block, sent.ended, sent.why)
    assert ("failed", "Failed to send Slack notification: Unauthorized, error=404.") == (failed.ended, failed.why)
    assert ("three", "unknown") == (unknown.block, unknown.ended)


def test_a_failure_without_a_log_has_the_reason_that_prefect_gives() -> None:
    first, *_ = became(NOTICE, ON, {("a", 0): event(NOT_DONE, reason="The notification block was invalid")})
    assert "The notification block was invalid" == first.why


def test_what_is_switched_off_or_deleted_is_said_so() -> None:
    off = Automation("a", NOTICE.name, enabled=False, blocks=("one",))
    assert [["off"], ["missing"]] == [[one.ended for one in became(NOTICE, there, {})] for there in (off, None)]
