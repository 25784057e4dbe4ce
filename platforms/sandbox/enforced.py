"""The rules of docs/rules.md that the sandbox enforces, each of which a test can switch off.

Others need no switch, being consequences of these: R2 is why R1 is; R10 and R17 hold because nobody was ever in a
copy; R14 is R26 with zero days, R16 is R15 soon after, R27 and R40 are settings put back; R41 goes through the same
refusals as a play; R48 is the message of R47; R56 is the other side of R54. R61 is what R62 and R30 are together; R63
and R64 hold because audience toggles act where people enter (R33), sequence-level ones where they are enrolled and
while they run (R30, R62). R75 and R82 are the other side of R74: no change moves what is past step one (R81). R85 is
what R84 makes of pools; R93 is R87, seen by whoever expected the mailbox's or the record's owner; R90 and R91 look at
what R83, R84 and R86 have done.
"""

ENFORCED: dict[str, str] = {
    "R1": "a change of a mailbox's owner ends what runs from it",
    "R9": "an enrollment begins after the last step done in that sequence",
    "R12": "refusal already_sequenced: the same sequence, its option off",
    "R13": "refusal never_again: re-enrollment off altogether",
    "R15": "a play is refused within its cool-down",
    "R20": "refusal already_enrolled: one running enrollment a person",
    "R21": "it is the source sequence's ruleset that lets somebody leave for another",
    "R22": "a play's run takes over who runs elsewhere, where re-enrollment there is on",
    "R23": "and where its waiting period has passed since the enrollment there began",
    "R24": "by a play's run only, never by hand",
    "R26": "refusal recently_enrolled: the waiting period since the last end",
    "R28": "refusal already_enrolled: as the reason in a play's log",
    "R29": "refusals opted_out and do_not_email",
    "R30": "refusal excluded, by the global toggle or the ruleset's",
    "R33": "an audience's own toggles decide who enters a play",
    "R42": "re-enrollment settings take effect 30 to 60 minutes later",
    "R43": "re-enrollment settings bar only who completed a step",
    "R44": "published plays enroll whom an exclusion no longer bars",
    "R45": "refusal already_sequenced, in the platform's words",
    "R46": "refusal already_sequenced: that option for the same sequence only",
    "R47": "only admins change settings, owners and plays",
    "R51": "exclusions take effect 15 to 45 minutes later",
    "R52": "an upgrade carries what runs over to the new version",
    "R53": "an upgrade starts no waiting period",
    "R54": "a run-once play logs no exclusions",
    "R55": "a run-once play takes nobody twice",
    "R62": "an exclusion that comes to act removes whom it matches from running sequences",
    "R66": "the platform's own emails make contacts match an activity rule, which then removes them",
    "R68": "an exclusion is off only where both toggles are",
    "R72": "a task handed over leaves the mailbox of its linked email as it is",
    "R74": "only queued enrollments can be moved to other mailboxes",
    "R83": "a sequence's own task assignment goes before its ruleset's",
    "R84": "the mailbox owner is the first mailbox's owner at enrollment, whoever sends",
    "R86": "the sender is told when a task is made, by the mailbox that sends",
    "R87": "the enroller is whoever enrolled by hand",
    "R88": "the record owner is the contact's, else its company's",
    "R92": "a changed task assignment acts on new enrollments only",
}
