"""Who gets the tasks of new enrollments under the settings of now (R83 to R88).

Assignment is decided when somebody is enrolled and kept from then on (R92), so that this says nothing of enrollments
that run already: see `assignment_audit.py` for those.
"""

from typing import Any

import pandas as pd

FACTS = [
    "sequence",
    "play",
    "enroller",
    "mailbox",
    "mailbox_owner",
    "first_mailbox",
    "first_mailbox_owner",
    "record_owner",
    "company_owner",
    "own_mode",
    "own_user",
    "ruleset_mode",
    "ruleset_user",
]


def mode_of(routes: pd.DataFrame) -> "pd.Series[Any]":
    """The mode set for each: the sequence's own goes before its ruleset's (R83)."""
    return routes["own_mode"].astype(object).where(routes["own_mode"].notna(), routes["ruleset_mode"])


def assignees(routes: pd.DataFrame) -> "pd.Series[Any]":
    """Who gets the tasks of enrollments that begin now as these did; None: nobody.

    `routes` has the columns FACTS, as `Platform.task_routes` or `routes_of_new` give them; the sender and the record's
    owner are those of now, since they are looked up anew for each task (R86, R88).
    """
    facts = routes[FACTS].astype(object)
    owner = facts["first_mailbox_owner"]
    by_hand = facts["play"].isna() & facts["enroller"].notna()
    user = facts["own_user"].where(facts["own_mode"].notna(), facts["ruleset_user"])
    users = {
        "ASSIGN_TO_USER": user,
        "ASSIGN_TO_MAILBOX_OWNER": owner,
        "ASSIGN_TO_SENDER": facts["mailbox_owner"],
        "ASSIGN_TO_ENROLLER": facts["enroller"].where(by_hand, owner),  # nobody enrolled by hand what a play did
        "ASSIGN_TO_RECORD_OWNER": facts["record_owner"].where(facts["record_owner"].notna(), facts["company_owner"]),
    }
    mode, out = mode_of(routes), pd.Series(None, index=routes.index, dtype=object)
    for name, who in users.items():
        out = out.mask(mode.eq(name), who)
    return out.where(out.notna(), None)


def routes_of_new(
    enrollments: pd.DataFrame,
    settings: pd.DataFrame,
    mailboxes: pd.DataFrame,
    plays: pd.DataFrame,
    people: pd.DataFrame,
) -> pd.DataFrame:
    """The FACTS of enrollments that are about to begin, or have just begun, in this order.

    `enrollments` has `email, sequence, mailbox, play` (None: by hand), `enroller` and, where another mailbox was named
    before the one that sends, `first_mailbox`; the others are as `Platform.assignment`, `.mailboxes`, `.plays` and
    `.people` tell them.
    """
    owners = mailboxes.set_index("mailbox")["owner"].astype(object)
    pools = {play: pool[0] for play, pool in zip(plays["play"], plays["mailboxes"], strict=True) if pool}
    named = enrollments["first_mailbox"] if "first_mailbox" in enrollments else enrollments["mailbox"]
    first = enrollments["play"].astype(object).map(pools)
    first = first.where(first.notna(), named)
    person = people.drop_duplicates("email").set_index("email").reindex(enrollments["email"])
    of = settings.set_index("sequence").reindex(enrollments["sequence"])
    by_hand = enrollments["play"].isna()
    return (
        enrollments[["email", "sequence", "mailbox", "play", "enroller"]]
        .astype(object)
        .assign(
            mailbox_owner=enrollments["mailbox"].map(owners),
            first_mailbox=first,
            first_mailbox_owner=first.map(owners),
            record_owner=person["owner"].to_numpy(dtype=object),
            company_owner=person["company_owner"].to_numpy(dtype=object),
            own_mode=of["own_mode"].to_numpy(dtype=object),
            own_user=of["own_user"].to_numpy(dtype=object),
            ruleset_mode=pd.Series(of["manual_mode"].to_numpy(dtype=object), index=enrollments.index).where(
                by_hand, of["automatic_mode"].to_numpy(dtype=object)
            ),
            ruleset_user=of["ruleset_user"].to_numpy(dtype=object),
        )
    )
