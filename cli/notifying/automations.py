"""The automations on Prefect's server that tell people: one for each kind of message, with an action for each block.

What is there is read from the server each time: nothing else keeps who gets messages. It is asked over HTTP,
without Prefect.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from cli.keeping.prefect_api import post, send
from models.notices import NOTICES, RUN, TAG, Notice

NAMES = [notice.name for notice in NOTICES]


@dataclass(frozen=True)
class Automation:
    """One that is on the server: whether it is switched on, and the ids of its blocks in the order of its actions."""

    id: str
    name: str
    enabled: bool
    blocks: tuple[str, ...]


def automations(api_url: str) -> list[Automation]:
    """Handoff's automations on a server. A name may be there twice: Prefect does not mind."""
    query = {"automations": {"name": {"any_": NAMES}}, "limit": 200}
    return [
        Automation(
            one["id"],
            one["name"],
            one["enabled"],
            tuple(action.get("block_document_id", "") for action in one["actions"]),
        )
        for one in post(api_url, "automations/filter", query)
    ]


def blocks_in_use(api_url: str) -> dict[str, str]:
    """The blocks that carry messages to people, `slack-webhook/handoff` by id; those that are gone are left out."""
    ids = dict.fromkeys(block for one in automations(api_url) for block in one.blocks if block)
    return {block: name for block in ids if (name := _name_of(api_url, block)) is not None}


def make(api_url: str, blocks: Sequence[str]) -> None:
    """Have every kind of message sent to people by these blocks, and by no others.

    Repeated: nothing new. What is there is brought up to date; a second copy of a name goes; one that somebody switched
    off on Prefect's page stays off. Without blocks all of it goes.
    """
    there = automations(api_url)
    for notice in NOTICES:
        same = [one for one in there if one.name == notice.name]
        if not blocks:
            _delete(api_url, same)
        elif same:
            send("PUT", f"{api_url}/automations/{same[0].id}", json=document(notice, blocks, enabled=same[0].enabled))
            _delete(api_url, same[1:])
        else:
            post(api_url, "automations/", document(notice, blocks))


def document(notice: Notice, blocks: Sequence[str], *, enabled: bool = True) -> dict[str, Any]:
    """The automation of a kind of message, as Prefect's API takes it."""
    matched = {"prefect.resource.id": f"{RUN}*" if notice.of_runs else "handoff.home.*"}
    of_ours = {"prefect.resource.role": "tag", "prefect.resource.id": f"prefect.tag.{TAG}"}
    return {
        "name": notice.name,
        "description": notice.tells_of,
        "enabled": enabled,
        "trigger": {
            "type": "event",
            "posture": "Reactive",
            "threshold": 1,
            "within": 0,
            "for_each": ["prefect.resource.id"],
            "match": matched,
            "match_related": of_ours if notice.of_runs else {},
            "expect": list(notice.events),
        },
        "actions": [
            {
                "type": "send-notification",
                "block_document_id": block,
                "subject": notice.subject,
                "body": notice.body,
            }
            for block in blocks
        ],
    }


def block_named(api_url: str, kind: str, name: str) -> str | None:
    """The id of a block by its type's slug and its name; None where there is none."""
    found = _found(f"{api_url}/block_types/slug/{kind}/block_documents/name/{name}")
    return str(found["id"]) if found else None


def delete_block(api_url: str, block: str) -> None:
    """Take a block from the server, and the credential in it."""
    send("DELETE", f"{api_url}/block_documents/{block}")


def _name_of(api_url: str, block: str) -> str | None:
    found = _found(f"{api_url}/block_documents/{block}")
    return f"{found['block_type']['slug']}/{found['name']}" if found else None


def _found(url: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = send("GET", url).json()
    except httpx.HTTPStatusError as error:
        if error.response.status_code == httpx.codes.NOT_FOUND:
            return None
        raise
    return found


def _delete(api_url: str, found: Iterable[Automation]) -> None:
    for one in found:
        send("DELETE", f"{api_url}/automations/{one.id}")
