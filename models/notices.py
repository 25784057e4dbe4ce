"""The messages that people get: the events of Prefect that cause them, and the words. Nothing else has these texts.

Subject and body are Jinja templates that Prefect's server fills in: it knows `flow_run` of a run's event, and `event`.
"""

from dataclasses import dataclass
from pathlib import Path

TROUBLE, WELL = "handoff.up.trouble", "handoff.up.well"
LOAN_OVERDUE = "handoff.loan.overdue"
NIGHT_ENDED = "handoff.night.ended"
RUN = "prefect.flow-run."
TAG = "handoff"  # of every deployment of Handoff, and so of every run of one


@dataclass(frozen=True)
class Notice:
    """A kind of message. `name` is that of its automation in Prefect; `events` are those that it is sent for."""

    name: str
    tells_of: str
    events: tuple[str, ...]
    subject: str
    body: str

    @property
    def of_runs(self) -> bool:
        """Whether it goes by the states of runs. Otherwise by events that Handoff makes about a home."""
        return self.events[0].startswith(RUN)


NOTICES = (
    Notice(
        "handoff-needs-a-person",
        "A run ended and left something to a person.",
        (f"{RUN}NeedsAttention",),
        "Handoff needs a person: {{ flow_run.name }}",
        "{{ flow_run.name }}: {{ flow_run.state.message }}. What to do now is in its report: {{ flow_run | ui_url }}",
    ),
    Notice(
        "handoff-asks-for-approval",
        "A run is suspended until somebody answers its form.",
        (f"{RUN}Suspended",),
        "Handoff asks: {{ flow_run.name }}",
        "{{ flow_run.name }} changes nothing before somebody answers its form: {{ flow_run | ui_url }}",
    ),
    Notice(
        "handoff-did-not-end",
        "A run failed, crashed or was cancelled.",
        (f"{RUN}Failed", f"{RUN}Crashed", f"{RUN}Cancelled"),
        "Handoff {{ flow_run.state.name }}: {{ flow_run.name }}",
        "{{ flow_run.name }} is {{ flow_run.state.name }}: {{ flow_run.state.message }}. {{ flow_run | ui_url }}",
    ),
    Notice(
        "handoff-night",
        "A night's summary, also where all is well.",
        (NIGHT_ENDED,),
        "Handoff's night on {{ event.payload.workspace }}: {{ event.payload.title }}",
        "{{ event.payload.message }}",
    ),
    Notice(
        "handoff-loan-overdue",
        "A setting is on loan past its deadline.",
        (LOAN_OVERDUE,),
        "Handoff has not given back a setting of {{ event.payload.workspace }}",
        "{{ event.payload.message }}",
    ),
    Notice(
        "handoff-is-in-trouble",
        "A sweep is late, or something else that every run depends on is not as it should be.",
        (TROUBLE,),
        "Handoff is in trouble: {{ event.payload.what }}",
        "{{ event.resource.name }}: {{ event.payload.message }}, since {{ event.payload.since }}",
    ),
)


def resource_of(home: Path) -> dict[str, str]:
    """What an event of Handoff's own is about, as Prefect has it: a home."""
    return {"prefect.resource.id": f"handoff.home.{home}", "prefect.resource.name": f"handoff up in {home}"}
