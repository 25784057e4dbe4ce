"""Names of people and companies. Faker is asked for pools once; the rest is combination, since a call is slow."""

from functools import cache
from random import Random

from faker import Faker

FIRST_NAMES, LAST_NAMES = 500, 900
TRADES = (
    "analytics",
    "automation",
    "biotech",
    "capital",
    "clinics",
    "cloud",
    "components",
    "consulting",
    "controls",
    "dynamics",
    "electric",
    "energy",
    "engineering",
    "foods",
    "freight",
    "health",
    "industries",
    "instruments",
    "labs",
    "logistics",
    "machinery",
    "materials",
    "media",
    "networks",
    "optics",
    "packaging",
    "partners",
    "payments",
    "pharma",
    "plastics",
    "robotics",
    "security",
    "semiconductor",
    "software",
    "solutions",
    "staffing",
    "steel",
    "systems",
    "technologies",
    "textiles",
    "tools",
    "ventures",
)


class Names:
    """Draws names by a seed; whatever must differ (a domain, an address) is given once only."""

    def __init__(self, seed: int) -> None:
        faker = Faker("en_US")
        faker.seed_instance(seed)
        self._random = Random(f"{seed}:names")
        # Frequent names are drawn more than once, and so stay frequent.
        self._first = [faker.first_name() for _ in range(FIRST_NAMES)]
        self._last = [faker.last_name() for _ in range(LAST_NAMES)]
        self._colleagues = iter(dict.fromkeys(self._first))
        self._given: set[str] = set()

    def first_name(self) -> str:
        return self._random.choice(self._first)

    def colleague(self) -> str:
        """A first name that no colleague has: their addresses are made of it alone."""
        return next(self._colleagues)

    def company_domain(self) -> str:
        """Such as `walker-logistics.test`."""
        return self._once(f"{_plain(self._random.choice(self._last))}-{self._random.choice(TRADES)}", ".test")

    def email(self, first_name: str, domain: str) -> str:
        """Such as `amanda.meza@walker-logistics.test`."""
        return self._once(f"{_plain(first_name)}.{_plain(self._random.choice(self._last))}", f"@{domain}")

    def _once(self, stem: str, ending: str = "") -> str:
        """The name, with a number behind the stem where it is taken."""
        name, number = stem + ending, 2
        while name in self._given:
            name, number = f"{stem}{number}{ending}", number + 1
        self._given.add(name)
        return name


@cache
def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isascii() and letter.isalnum())
