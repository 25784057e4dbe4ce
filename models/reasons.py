"""Every reason why something was not done to a contact, a task or a row, and everything that is said about it.

A further one takes its entry here; a predicate, in `models/rules/eligibility.py` where it stands against enrolling a
contact, else in the rules of its procedure; its test; and a line on the page of docs/.
"""

from dataclasses import dataclass, replace

EXCLUDED = "excluded"
NO_STEP_LEFT = "no_step_left"
WAVE_NOT_BEGUN = "wave_not_begun"


@dataclass(frozen=True)
class Reason:
    """What a code (docs/interface.md) means and what can be done: `label` fits into a table, `why` and
    `lift` are sentences.

    `rule` is where it comes from. `ruleset_field` is the field of the sequence's ruleset that lifts it (R14). `proof`
    is what proves it where that is the same for every contact.
    """

    code: str
    label: str
    why: str
    lift: str
    rule: str = ""
    ruleset_field: str = ""
    proof: str = ""


_ALL = (
    Reason(
        "unknown_contact",
        "nobody has this address",
        "Nobody in the workspace has this address.",
        "Correct the address, or add the contact to the workspace first.",
        rule="R3",
        proof="nobody in the workspace has this address",
    ),
    Reason(
        "unknown_sequence",
        "no such sequence is known",
        "The workspace has no sequence of that name, or it is not known which one the contact was in.",
        "Name the sequence, as the workspace spells it.",
        rule="R5",
        proof="no sequence is known for this contact",
    ),
    Reason(
        "opted_out",
        "opted out of email",
        "The contact opted out of email.",
        "Nothing: an opt-out is never lifted.",
        rule="R29",
        proof="opted out of email; an opt-out is never lifted",
    ),
    Reason(
        "do_not_email",
        "marked 'Do Not Email'",
        "The contact is marked 'Do Not Email'.",
        "Nothing here lifts it: whoever set the mark decides whether it still holds.",
        rule="R29",
        proof="is marked 'Do Not Email'; that is never lifted",
    ),
    Reason(
        "excluded",
        "matches the exclusion '{name}'",
        "The contact matches the exclusion '{name}', which keeps it out of sequences.",
        "Decide case by case whether to write to them; the procedure exclusion-rerun turns it off while they run.",
        rule="R30",
    ),
    Reason(
        "already_enrolled",
        "runs in a sequence already",
        "The contact runs in a sequence already, and can be in one at a time.",
        "Wait until that enrollment ends, or move the contact with the procedure sequence-move.",
        rule="R20",
    ),
    Reason(
        "already_sequenced",
        "was in this sequence before",
        "The contact was in this sequence before, and the ruleset does not let anybody back in.",
        "An admin turns on 'Allow re-enrollment into the same Sequence' in the ruleset.",
        rule="R12",
        ruleset_field="allow_same_sequence_reenrollment",
    ),
    Reason(
        "never_again",
        "the ruleset bars re-enrollment for good",
        "The ruleset never lets a contact be enrolled again who has completed a step before.",
        "An admin gives the ruleset a waiting period; 0 days lets contacts in at once.",
        rule="R13",
        ruleset_field="block_reenrollment",
    ),
    Reason(
        "recently_enrolled",
        "its last enrollment ended too recently",
        "The contact's last enrollment ended more recently than the ruleset allows (75 days unless changed).",
        "It passes when the waiting period is over; an admin may set a shorter one, 0 days for at once.",
        rule="R26",
        ruleset_field="block_reenrollment",
    ),
    Reason(
        "mailbox_unavailable",
        "no mailbox can send",
        "There is no mailbox to send from: it is paused, has no owner or does not exist.",
        "Go on with sending from it, give it an owner, or name other mailboxes in send_from.",
        rule="R89",
    ),
    Reason(
        "play_cooldown",
        "the play may not run again yet",
        "The play ran a short while ago and has to rest, for a day at least.",
        "Wait until its cool-down is over, or duplicate the play and run the copy.",
        rule="R15",
    ),
    Reason(
        "not_in_audience",
        "not in the play's audience",
        "The contact is not in the play's audience, or the audience's own exclusions keep it out.",
        "Add the contact to the audience, and look at the exclusions at the bottom of its settings.",
        rule="R4",
    ),
    Reason(
        "play_runs_once",
        "the play runs once for each contact",
        "The play runs once for each contact, and has already run for this one.",
        "Allow re-runs in the play, or duplicate it and run the copy.",
        rule="R55",
    ),
    Reason(
        "past_step_one",
        "step 1 was sent already",
        "Step 1 was sent already, and from then on the enrollment keeps its mailbox.",
        "Nothing in bulk: emails that are still to come can be changed on the contact's profile.",
    ),
    Reason(
        "email_sent",
        "an email was sent",
        "Since it was enrolled an email was sent, or a step was begun, and that cannot be taken back.",
        "Nothing by itself: a person decides whether the contact stays, and unenrolls it otherwise.",
    ),
    Reason(
        WAVE_NOT_BEGUN,
        "its wave was not begun",
        "The run stopped before the contact's wave: something differed from what was forecast, or nobody said go on.",
        "See why it stopped; then run again for who is left.",
    ),
    Reason(
        "not_queued",
        "the enrollment is not queued",
        "The enrollment is not queued any more, and only queued ones can be moved to another mailbox.",
        "Nothing: it has begun or ended since.",
    ),
    Reason(
        "missing_variable",
        "a variable has no value",
        "An email of the sequence uses a variable that has no value for this contact.",
        "Fill in the field on the contact's record, or give the email a fallback for it.",
    ),
    Reason(
        "replied",
        "the contact replied",
        "The contact replied, which ended the sequence.",
        "Nothing by itself: somebody reads the reply and decides whether to go on.",
    ),
    Reason(
        "bounced",
        "an email bounced",
        "An email to this address could not be delivered.",
        "Correct the address on the contact's record, then run again.",
    ),
    Reason(
        "task_closed",
        "the task is closed",
        "The task is completed, skipped or cancelled already.",
        "Nothing to do: a closed task stays with whoever had it.",
    ),
    Reason(
        "duplicate_row",
        "the address is there twice",
        "The address stands in an earlier row too, and that row counts.",
        "Nothing to do: the contact is handled once.",
    ),
    Reason(
        "invalid_email",
        "no valid address",
        "The row holds no valid email address.",
        "Mend the address in rejects.csv and run again with that file.",
    ),
    Reason(
        "needs_admin",
        "needs an admin",
        "The change needs an admin, and the acting user is none.",
        "Ask an admin of the workspace to run it.",
    ),
    Reason(
        "superseded",
        "changed by somebody meanwhile",
        "Somebody changed this meanwhile, and it was left as they want it.",
        "Look at what it is now; run again if the change is still wanted.",
    ),
    Reason(
        "not_approved",
        "not approved",
        "Nobody approved this, so nothing was done.",
        "Run again, and approve it when asked.",
    ),
    Reason(
        "timed_out",
        "the wait timed out",
        "The settings were not seen to act before the longest wait was over.",
        "Run again, perhaps with a longer wait (the parameter that ends in _wait_max).",
    ),
    Reason(
        "moved_on",
        "ran elsewhere since",
        "The contact ran in another sequence since they fell out, or was taken out of this one again by somebody.",
        "Name the contact in contacts_csv to put them back all the same; outcomes.csv says where they were.",
    ),
    Reason(
        "no_step_left",
        "has done all steps",
        "The contact has done all the steps that the sequence has now: enrolled again, they would begin at step 1.",
        "Nothing is left to send; to start anew, enroll the contact into a copy of the sequence (restart).",
    ),
    Reason(
        "sequence_paused",
        "the sequence is paused",
        "The sequence is paused: contacts can be enrolled and queue until it goes on.",
        "Go on with the sequence.",
    ),
)
REASONS = {reason.code: reason for reason in _ALL}
"""By code; `excluded` stands for `excluded:NAME`."""
REENROLLMENT = tuple(reason.code for reason in _ALL if reason.ruleset_field)


def excluded(exclusion: str) -> str:
    """The code of an exclusion that keeps somebody out."""
    return f"{EXCLUDED}:{exclusion}"


def reason_of(code: str) -> Reason:
    """What is said about a code, of `excluded:NAME` with its name; a code of a later version says that it is one."""
    kind, _, name = code.partition(":")
    if kind == EXCLUDED:
        found = REASONS[EXCLUDED]
        return replace(found, code=code, label=found.label.format(name=name), why=found.why.format(name=name))
    return REASONS.get(code) or Reason(
        code,
        code.replace("_", " "),
        f"The platform gave the reason '{code}', which has no explanation here.",
        "Look at the contact in the platform.",
    )
