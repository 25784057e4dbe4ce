"""By which of its ways an exclusion matches contacts, looked up where that decides something or is shown."""

from collections.abc import Collection, Iterable
from typing import Any

import pandas as pd

from models.names_in_frames import known_names, with_name
from models.rules.exclusion_matches import BY
from models.rules.found_reasons import Instants
from platforms.port import Platform
from tasks import shown

FEW = 20_000  # contacts who are asked about one by one; of more, an exclusion's matches are all read


class Matches:
    """Looks up whom exclusions match."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        days = shown.exclusions(platform).set_index("exclusion")["last_activity_within_days"].dropna()
        self._activity_days: dict[str, int] = {str(name): int(number) for name, number in days.items()}

    def added(self, names: "pd.Series[Any]", emails: "pd.Series[Any]", exclusions: Iterable[str]) -> "pd.Series[Any]":
        """`names` of exclusions (a column of Names), and beside them those of `exclusions` that match each contact."""
        out = known_names(names)
        for exclusion in exclusions:
            matching = emails.isin(self._of(exclusion, emails)["email"]).to_numpy()
            out = out.where(~matching, with_name(out, exclusion))
        return out

    def lapses(self, emails: "pd.Series[Any]", names: Collection[str]) -> dict[str, Instants]:
        """When matches by sales activity alone lapse by themselves: so many days after the last; for each contact."""
        out = {}
        for exclusion in self._activity_days.keys() & set(names):
            found = self._of(exclusion, emails)
            other = found.loc[found["by"].ne("last_activity"), "email"]
            alone = found[found["by"].eq("last_activity") & ~found["email"].isin(other)]
            last = alone.groupby("email")["since"].max() + pd.Timedelta(days=self._activity_days[exclusion])
            out[exclusion] = last.reindex(emails).dt.tz_localize(None).to_numpy(dtype="datetime64[ns]")
        return out

    def words(self, emails: "pd.Series[Any]", names: Iterable[str]) -> list[dict[str, str]]:
        """For each contact, by which way each of these exclusions matches it, in words."""
        ways_of_each: list[dict[str, str]] = [{} for _ in range(len(emails))]
        places = {email: place for place, email in enumerate(emails)}
        for exclusion in names:
            for email, by, value in self._of(exclusion, emails)[["email", "by", "value"]].itertuples(index=False):
                way = BY[by].format(value=value)
                so_far = ways_of_each[places[email]].get(exclusion)
                ways_of_each[places[email]][exclusion] = f"{so_far}; {way}" if so_far else way
        return ways_of_each

    def _of(self, exclusion: str, emails: "pd.Series[Any]") -> pd.DataFrame:
        return self._platform.matches(exclusion, emails.tolist() if len(emails) <= FEW else None)
