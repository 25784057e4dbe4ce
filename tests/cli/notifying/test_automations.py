"""The automations that tell people, as Prefect's API takes them."""

import pytest

from cli.notifying.automations import document
from cli.notifying.trying import EVENTS, STATES
from models.notices import NOTICES, RUN, Notice

BY_NAME = {notice.name: notice for notice in NOTICES}


def test_an_automation_has_an_action_for_each_block_and_may_be_off() -> None:
    made = document(BY_NAME["handoff-needs-a-person"], ["one", "two"], enabled=False)
    assert ["one", "two"] == [action["block_document_id"] for action in made["actions"]]
    assert not made["enabled"]


def test_runs_are_told_of_that_have_the_tag_of_our_deployments_and_all_else_by_the_home() -> None:
    runs, home = document(BY_NAME["handoff-did-not-end"], ["one"]), document(BY_NAME["handoff-night"], ["one"])
    assert "prefect.tag.handoff" == runs["trigger"]["match_related"]["prefect.resource.id"]
    assert ({"prefect.resource.id": "handoff.home.*"}, {}) == (
        home["trigger"]["match"],
        home["trigger"]["match_related"],
    )


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice.name)
def test_each_kind_can_be_tried(notice: Notice) -> None:
    first = notice.events[0]
    assert first.removeprefix(RUN) in STATES if notice.of_runs else first in EVENTS
