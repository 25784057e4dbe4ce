"""Which procedures are not undone as a whole, and why. Loaded by every command: it imports nothing."""

NOTHING = "changed nothing: there is nothing to undo"
NOT_UNDONE = {
    "undo": ("is an undo itself", "Run the procedure again that it took back"),
    "calibrate": (
        "gave back itself what it changed, and took the test person out",
        "The email that it sent cannot be taken back, nor what was seen: calibrate again",
    ),
    "restore-settings": (
        "only gave back what was on loan: there is nothing to undo",
        "`handoff show` names the settings; change one in the platform if need be",
    ),
    "nightly-remediation": ("is a night: what it started is undone one by one", "It started nothing"),
    "enrollment-diagnosis": (NOTHING, "See `handoff history`"),
    "handover-plan": (NOTHING, "See `handoff history`"),
}
"""Of each: what is so, after the operation's id, and what to do. A night and a handover in parts name theirs."""
