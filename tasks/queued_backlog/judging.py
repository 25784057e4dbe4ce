"""What cancelling queued enrollments and enrolling them anew takes, and who would not be let in again."""

from datetime import timedelta

import pandas as pd

from models.names import NONE
from models.rules.eligibility import with_procedures_own
from models.rules.reenrollment import count_needs, judge
from models.setting_keys import SettingKey
from tasks.known_behaviour import seen_in, with_every_end
from tasks.operation import Operation
from tasks.settings_in_force import lasting_settings

STAYS = "would be refused if it were enrolled anew: stays where it is"
STAYS_OUT = "an earlier run took it out, and it would be refused if it were enrolled again"
DIRECTLY = "each is cancelled and enrolled again from its new mailbox, one by one; whoever is refused goes back"
TRADE_OFFS = (  # docs/unify.md, Where there is a direct way
    "moved directly, each enrollment is a new one: it begins at the end of the queue, under another id",
    "it counts as enrolled by hand: its tasks may go to somebody else, and no play is named any more",
    "via=backlog leaves it to a person in the Email Backlog, who keeps both; the sources differ on what that cancels",
)
AGAIN = "enroll again, by hand, whom the platform cancels instead of moving (C6)"
AGAIN_NOW = "enroll {} whom an earlier run took out of '{}' and who run nowhere since"
LOSES_ITS_PLACE = "this platform may cancel what it moves: whoever is enrolled again begins at the end of the queue"


def enrolled_anew(
    operation: Operation, contacts: pd.DataFrame, stays: str = STAYS
) -> tuple[pd.DataFrame, dict[SettingKey, int]]:
    """The contacts (columns `email, sequence, forecast` and more) with those as blocked who would not be let in again;
    and the re-enrollment settings that stand against the others once they are cancelled, and for how many. `stays` is
    the detail of who is blocked.

    Somebody who completed a step in some sequence before is kept out from the moment of the cancellation on (R26).
    """
    queued = contacts[contacts["forecast"] == "reassigned"]
    if queued.empty:
        return contacts, {}
    facts = operation.platform.facts(queued[["email", "sequence"]].reset_index(drop=True)).set_index(queued.index)
    facts = with_every_end(operation.platform, facts, seen_in(operation.journal, operation.platform))
    acting, now = lasting_settings(operation).acting, operation.now()
    lengths = operation.platform.sequences().set_index("sequence")["steps"]
    done = queued["step"].astype("int64") - 1
    cancelled = facts.assign(
        running_in=None,
        been_here=True,
        last_ended=pd.Timestamp(now),
        no_step_left=done.gt(0) & done.ge(queued["sequence"].map(lengths)),
    )
    judged = judge(cancelled, acting, timedelta(0), now)
    judged["reasons_lifted"] = with_procedures_own(judged["reasons_lifted"], cancelled)
    refused = judged.index[judged["reasons_lifted"].ne(NONE)]
    out = contacts.copy()
    out.loc[refused, ["forecast", "detail"]] = ["blocked", stays]
    out.loc[refused, "forecast_reasons"] = judged.loc[refused, "reasons_lifted"]
    return out, count_needs(cancelled.drop(refused), judged.drop(refused))
