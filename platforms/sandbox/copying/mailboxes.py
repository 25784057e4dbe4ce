"""Mailboxes: no list has them, they show by the enrollments that leave from them (docs/platform.md)."""

from platforms.sandbox.copying.ledger import Keys, keys
from platforms.sandbox.copying.merging import MAILBOX, USER, Row, came, known, merge
from platforms.sandbox.store import Work

DEFAULT_ROLE = "admin"  # a rehearsal is to be refused nothing for a role that nobody knows


def mailboxes(work: Work, rows: list[Row]) -> Keys:
    """The mailboxes that enrollments leave from, with their owners; gives the key of each id."""
    owners = known(
        work, USER, [row for row in rows if row["owner"]], "owner", "owner_email", {"role": DEFAULT_ROLE} | came(work)
    )
    return merge(
        work,
        MAILBOX,
        [
            {
                "id": row["mailbox"],
                "email": row["mailbox_email"] or f"{row['mailbox']}@mailbox.invalid",
                "owner_id": owners[row["owner"]] if row["owner"] else None,
            }
            for row in rows
        ],
    )


def pauses(work: Work, paused: dict[str, bool]) -> None:
    """Whether mailboxes are paused, by their ids."""
    found = keys(work, MAILBOX.name, paused)
    for one, is_paused in paused.items():
        work.run("UPDATE mailbox SET paused = :paused WHERE id = :id", id=found[one], paused=is_paused)


def one_enrollment_each(work: Work) -> list[str]:
    """The id of one enrollment of each mailbox."""
    return [
        row[0]
        for row in work.run(
            "SELECT MAX(k.id) FROM copy_key k JOIN enrollment e ON e.id = k.key WHERE k.object = 'enrollment'"
            " GROUP BY e.mailbox_id"
        )
    ]


def mailbox_ids(work: Work) -> list[str]:
    """The ids of all mailboxes; of several that one mailbox had, the last."""
    return [
        row[0] for row in work.run("SELECT MAX(id) FROM copy_key WHERE object = 'mailbox' GROUP BY key ORDER BY key")
    ]
