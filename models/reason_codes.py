"""Every reason code that a contact, a task or a row can get (interface.md, *Reason codes*).

`excluded` stands for `excluded:NAME`. A warning stands beside a contact that may be enrolled all the same.
"""

REASON_CODES = (
    "opted_out", "do_not_email", "already_enrolled", "already_sequenced", "recently_enrolled", "never_again",
    "excluded", "play_cooldown", "play_runs_once", "mailbox_unavailable", "not_in_audience", "past_step_one",
    "not_queued", "missing_variable", "replied", "bounced", "task_closed", "unknown_sequence", "unknown_contact",
    "duplicate_row", "invalid_email", "needs_admin", "superseded", "not_approved", "timed_out",
    "moved_on", "no_step_left",
)  # fmt: skip

WARNINGS = ("sequence_paused",)
