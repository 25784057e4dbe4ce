"""`handoff run … --on-twin`: a procedure, live, on a copy of a live workspace's twin."""

from models.errors import InvalidInput


def begin_rehearsal(workspace: str, *, live: bool, detach: bool) -> str:
    """Make a fresh copy of the workspace's twin; gives the name under which the rehearsal runs.

    Raises InvalidInput where there is no twin, where a rehearsal on it has not ended, and for what does not go with it.
    """
    from journal import facts, operations
    from journal.database import Journal
    from models.settings import Settings
    from models.twins import original_of, twin_of
    from platforms.sandbox.copying.rehearsal import make_rehearsal
    from tasks.restore_settings.gone_rehearsals import end_gone_rehearsals

    for is_given, option, why in (
        (live, "--live", f"a rehearsal changes nothing in {workspace}"),
        (detach, "--detach", "a rehearsal moves a simulated clock, which workers do not"),
    ):
        if is_given:
            raise InvalidInput(option, f"does not go with --on-twin: {why}", "Leave one of the two out")
    if workspace == "sandbox" or original_of(workspace) is not None:
        raise InvalidInput("--on-twin", f"'{workspace}' is no live workspace", "Name one: --workspace unify")
    settings, name = Settings(), twin_of(workspace)
    end_gone_rehearsals()
    for row in operations.in_flight(Journal(settings.journal_url)):
        if row.workspace == name and row.mode == "live":
            remedy = f"`handoff resume {row.id}` goes on with it, `handoff cancel {row.id}` ends it"
            raise InvalidInput("--on-twin", f"the rehearsal {row.id} has not ended", remedy)
    seen = {code: answer for code, (answer, _) in facts.seen(Journal(settings.journal_url), workspace).items()}
    make_rehearsal(settings.twin_file(workspace), settings.rehearsal_file(workspace), workspace, seen)
    return name
