"""What a file states of contacts that the workspace does not know: they opted out, bounced or replied."""

from collections.abc import Collection, Mapping

import pandas as pd

ANSWERS = ("replied", "bounced")


def as_stated(facts: pd.DataFrame, stated: Mapping[str, Collection[str]]) -> pd.DataFrame:
    """The facts (as `Platform.facts`) with the codes that a file states of each address.

    Who is stated as `opted_out` counts as opted out (R29). `stated_replied` and `stated_bounced` (bool) are for
    `with_procedures_own`: the platform enrolls such contacts, a procedure does not.
    """
    if not stated:
        return facts
    found = {
        code: facts["email"].isin({email for email, codes in stated.items() if code in codes})
        for code in ("opted_out", *ANSWERS)
    }
    return facts.assign(
        opted_out=facts["opted_out"].eq(True) | found["opted_out"],
        **{f"stated_{code}": found[code] for code in ANSWERS},
    )
