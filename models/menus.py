"""Where things are in the platform's menus: every path that its sources give, since menus moved over time (C2)."""

RULESETS = ("Settings > Organization > Sequences > Rulesets", "Settings > Features > Sequences > Rulesets")  # C2b
EXCLUSIONS = ("Settings > Features > Exclusions", "Settings > Organization > Exclusions")  # C2a
MAILBOXES = ("Settings > Deliverability > Mailboxes", "Mailboxes in newer menus")  # C2c
BACKLOG = ("Dashboard > Leading > Email Backlog", "Insights > Email backlog")  # C2d
AUDIENCES = ("Audiences", "Lists in newer menus: an upload may land there")  # C14
PLAYS = ("Plays",)
SEQUENCES = ("Sequences",)


def either(paths: tuple[str, ...]) -> str:
    """The paths of one thing, in a sentence."""
    return ", or ".join(paths)
