"""What a person has to do in the platform because no API can: exact instructions, and what is looked at afterwards."""

from models.records import Record
from models.setting_keys import SettingKey

ON = ("on", "off")


class ManualStep(Record):
    """One thing to do by hand.

    `where` are the menu paths that lead to it, all that are known (C2); `do` the instructions, in order; `requires`
    the right that it takes; `afterwards` how long it takes to act ("" where it acts at once); `read_back` what is
    looked at once somebody says that it is done ("" where the platform shows nothing: then their word is taken).
    `asks_was`: the setting cannot be read, so that who changes it has to say what it showed before.
    """

    title: str
    where: tuple[str, ...]
    do: tuple[str, ...]
    requires: str = "a user who may edit it"
    afterwards: str = ""
    read_back: str = ""
    asks_was: bool = False

    def lines(self) -> tuple[str, ...]:
        """Everything about it, one line each, for a terminal, a form or a report."""
        lines = [f"where: {', or '.join(self.where)}", *self.do, f"it takes {self.requires}"]
        lines += [f"afterwards: {self.afterwards}"] if self.afterwards else []
        checked = self.read_back or "nothing: the platform does not show it, so your word is taken"
        return (*lines, f"looked at afterwards: {checked}")

    def __str__(self) -> str:
        return f"by hand: {self.title} ({'; '.join(self.lines())})"


def as_toggle(value: bool) -> str:
    """A toggle as the platform shows it."""
    return ON[0] if value else ON[1]


def cannot_be_read(setting: SettingKey, hidden: frozenset[str]) -> bool:
    """Whether a platform that hides these topics cannot show a setting."""
    return setting.kind != "ruleset" and "exclusions" in hidden
