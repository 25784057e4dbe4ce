"""Whether all tasks were seen: a rep sees their own alone, and not every platform shows whose key is in use."""

import pandas as pd

from platforms.port import Platform


def perhaps_not_all(platform: Platform) -> str:
    """What has to be said of tasks that were looked at; "" where the acting user's role shows that all were."""
    role = platform.users().set_index("user")["role"].get(platform.acting_user)
    return "" if not pd.isna(role) else "; if the key is a rep's, they are that rep's own alone"
