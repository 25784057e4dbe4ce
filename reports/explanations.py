"""Each reason code in plain words: what it means, and what would lift it."""

from dataclasses import dataclass

_EXCLUDED = "excluded:"


@dataclass(frozen=True)
class Meaning:
    """A reason for a newcomer. `why` and `lift` are sentences; `label` is for where there is no room for them."""

    label: str
    why: str
    lift: str


MEANINGS = {
    "opted_out": Meaning(
        "opted out of email",
        "The contact opted out of email.",
        "Nothing: an opt-out is never lifted.",
    ),
    "do_not_email": Meaning(
        "marked 'Do Not Email'",
        "The contact is marked 'Do Not Email'.",
        "Nothing here lifts it: whoever set the mark decides whether it still holds.",
    ),
    "already_enrolled": Meaning(
        "runs in a sequence already",
        "The contact runs in a sequence already, and can be in one at a time.",
        "Wait until that enrollment ends, or move the contact with the procedure sequence-move.",
    ),
    "already_sequenced": Meaning(
        "was in this sequence before",
        "The contact was in this sequence before, and the ruleset does not let anybody back in.",
        "An admin turns on 'Allow re-enrollment into the same Sequence' in the ruleset.",
    ),
    "recently_enrolled": Meaning(
        "its last enrollment ended too recently",
        "The contact's last enrollment ended more recently than the ruleset allows (75 days unless changed).",
        "It passes when the waiting period is over; an admin may set a shorter one, 0 days for at once.",
    ),
    "never_again": Meaning(
        "the ruleset bars re-enrollment for good",
        "The ruleset never lets a contact be enrolled again who has completed a step before.",
        "An admin gives the ruleset a waiting period; 0 days lets contacts in at once.",
    ),
    "play_cooldown": Meaning(
        "the play may not run again yet",
        "The play ran a short while ago and has to rest, for a day at least.",
        "Wait until its cool-down is over, or duplicate the play and run the copy.",
    ),
    "play_runs_once": Meaning(
        "the play runs once for each contact",
        "The play runs once for each contact, and has already run for this one.",
        "Allow re-runs in the play, or duplicate it and run the copy.",
    ),
    "mailbox_unavailable": Meaning(
        "no mailbox can send",
        "There is no mailbox to send from: it is paused, has no owner or does not exist.",
        "Go on with sending from it, give it an owner, or name other mailboxes in send_from.",
    ),
    "not_in_audience": Meaning(
        "not in the play's audience",
        "The contact is not in the play's audience, or the audience's own exclusions keep it out.",
        "Add the contact to the audience, and look at the exclusions at the bottom of its settings.",
    ),
    "past_step_one": Meaning(
        "step 1 was sent already",
        "Step 1 was sent already, and from then on the enrollment keeps its mailbox.",
        "Nothing in bulk: emails that are still to come can be changed on the contact's profile.",
    ),
    "not_queued": Meaning(
        "the enrollment is not queued",
        "The enrollment is not queued any more, and only queued ones can be moved to another mailbox.",
        "Nothing: it has begun or ended since.",
    ),
    "missing_variable": Meaning(
        "a variable has no value",
        "An email of the sequence uses a variable that has no value for this contact.",
        "Fill in the field on the contact's record, or give the email a fallback for it.",
    ),
    "replied": Meaning(
        "the contact replied",
        "The contact replied, which ended the sequence.",
        "Nothing by itself: somebody reads the reply and decides whether to go on.",
    ),
    "bounced": Meaning(
        "an email bounced",
        "An email to this address could not be delivered.",
        "Correct the address on the contact's record, then run again.",
    ),
    "task_closed": Meaning(
        "the task is closed",
        "The task is completed, skipped or cancelled already.",
        "Nothing to do: a closed task stays with whoever had it.",
    ),
    "unknown_sequence": Meaning(
        "no such sequence is known",
        "The workspace has no sequence of that name, or it is not known which one the contact was in.",
        "Name the sequence, as the workspace spells it.",
    ),
    "unknown_contact": Meaning(
        "nobody has this address",
        "Nobody in the workspace has this address.",
        "Correct the address, or add the contact to the workspace first.",
    ),
    "duplicate_row": Meaning(
        "the address is there twice",
        "The address stands in an earlier row too, and that row counts.",
        "Nothing to do: the contact is handled once.",
    ),
    "invalid_email": Meaning(
        "no valid address",
        "The row holds no valid email address.",
        "Mend the address in rejects.csv and run again with that file.",
    ),
    "needs_admin": Meaning(
        "needs an admin",
        "The change needs an admin, and the acting user is none.",
        "Ask an admin of the workspace to run it.",
    ),
    "superseded": Meaning(
        "changed by somebody meanwhile",
        "Somebody changed this meanwhile, and it was left as they want it.",
        "Look at what it is now; run again if the change is still wanted.",
    ),
    "not_approved": Meaning(
        "not approved",
        "Nobody approved this, so nothing was done.",
        "Run again, and approve it when asked.",
    ),
    "timed_out": Meaning(
        "the wait timed out",
        "The settings were not seen to act before the longest wait was over.",
        "Run again, perhaps with a longer wait (the parameter that ends in _wait_max).",
    ),
    "moved_on": Meaning(
        "ran elsewhere since",
        "The contact ran in another sequence since they fell out, or was taken out of this one again by somebody.",
        "Name the contact in contacts_csv to put them back all the same; outcomes.csv says where they were.",
    ),
    "no_step_left": Meaning(
        "has done all steps",
        "The contact has done all the steps that the sequence has now: enrolled again, they would begin at step 1.",
        "Nothing is left to send; to start anew, enroll the contact into a copy of the sequence (restart).",
    ),
    "sequence_paused": Meaning(
        "the sequence is paused",
        "The sequence is paused: contacts can be enrolled and queue until it goes on.",
        "Go on with the sequence.",
    ),
}


def meaning_of(code: str) -> Meaning:
    """A code in plain words, `excluded:NAME` with its name; a code of a later version says that it is one."""
    if code.startswith(_EXCLUDED):
        name = code.removeprefix(_EXCLUDED)
        return Meaning(
            f"matches the exclusion '{name}'",
            f"The contact matches the exclusion '{name}', which keeps it out of sequences.",
            "Decide case by case whether to write to them; the procedure exclusion-rerun turns it off while they run.",
        )
    return MEANINGS.get(code) or Meaning(
        code.replace("_", " "),
        f"The platform gave the reason '{code}', which has no explanation here.",
        "Look at the contact in the platform.",
    )
