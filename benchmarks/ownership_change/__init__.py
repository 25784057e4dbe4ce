"""What `ownership-change` costs for many contacts, against plain Python that writes the same rows: see `__main__`."""

STEPS = (
    "plan_and_agree",
    "prepare_plays",
    "borrow_settings",
    "await_settings",
    "enroll_in_waves",
    "give_back",
    "conclude",
)
"""The steps of the flow that are measured one by one."""
