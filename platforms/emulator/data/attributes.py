"""The standard objects and those of their attributes that the sandbox keeps, as the Data API describes them."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from models.records.vocabulary import CompanyStatus, Role

KindName = Literal["company", "person", "user"]


@dataclass(frozen=True)
class Attribute:
    """One attribute of an object, and the column that holds it.

    `empty` is what the column holds where the attribute is null; `related` is the object that a reference names.
    """

    api_name: str
    type: str
    display_name: str
    description: str
    column: str
    required: bool = False
    unique: bool = False
    related: KindName | None = None
    options: tuple[str, ...] = ()
    empty: Any = None

    @property
    def leads_to(self) -> "Kind":
        """The object that a reference names."""
        return KINDS[str(self.related)]

    def as_json(self) -> dict[str, Any]:
        """The attribute as the contract's UAttribute."""
        out: dict[str, Any] = {
            "type": self.type,
            "api_name": self.api_name,
            "display_name": self.display_name,
            "description": self.description,
            "is_required": self.required,
            "is_unique": self.unique,
        }
        if self.type == "REFERENCE":
            out |= {"cardinality": "ONE", "related_object": self.related, "related_attribute": None}
        if self.type == "SELECT":
            out |= {"options": [option(name) for name in self.options]}
        return out


def option(name: str) -> dict[str, Any]:
    """An option of a SELECT attribute as the contract's UAttributeOption."""
    return {"api_name": name, "display_name": name.replace("_", " ").capitalize()}


@dataclass(frozen=True)
class Kind:
    """One object: its table in the sandbox and its attributes. Records of one that is not `writable` are only read."""

    api_name: KindName
    display_name: str
    description: str
    table: str
    attributes: tuple[Attribute, ...]
    writable: bool = True

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that API name."""
        return next((one for one in self.attributes if one.api_name == name), None)

    def as_json(self) -> dict[str, Any]:
        """The object as the contract's UObject."""
        return {
            "provider": "UNIFY",
            "api_name": self.api_name,
            "display_name": self.display_name,
            "description": self.description,
        }


def _email(whose: str) -> Attribute:
    return Attribute(
        "email", "EMAIL_ADDRESS", "Email", f"Email address of the {whose}.", "email", required=True, unique=True
    )


def _owner(of: str) -> Attribute:
    words = f"The user that owns the {of} record."
    return Attribute("record_owner", "REFERENCE", "Record owner", words, "owner_id", related="user")


PERSON = Kind(
    "person",
    "Person",
    "People who can be reached.",
    "person",
    (
        _email("person"),
        Attribute("first_name", "TEXT", "First name", "First name of the person.", "first_name", empty=""),
        Attribute(
            "company", "REFERENCE", "Company", "Company associated with the person.", "company_id", related="company"
        ),
        _owner("person"),
        Attribute("status", "TEXT", "Status", "Status of the person.", "status"),
        Attribute(
            "email_opt_out",
            "BOOLEAN",
            "Email opt out",
            "Whether the person has opted out of email communications.",
            "email_opt_out",
        ),
        Attribute(
            "do_not_email", "BOOLEAN", "Do not email", "Whether emailing this person is disallowed.", "do_not_email"
        ),
    ),
)

COMPANY = Kind(
    "company",
    "Company",
    "Companies that people work at.",
    "company",
    (
        Attribute("domain", "URL", "Domain", "Website domain of the company.", "domain", required=True, unique=True),
        _owner("company"),
        # The sandbox knows four; the contract's own attribute is free text.
        Attribute("status", "SELECT", "Status", "Status of the company.", "status", options=get_args(CompanyStatus)),
    ),
)

USER = Kind(
    "user",
    "User",
    "People who work in this workspace.",
    "user_account",
    (
        _email("user"),
        Attribute("name", "TEXT", "Name", "Name of the user.", "name", empty=""),
        Attribute("role", "SELECT", "Role", "Role of the user.", "role", options=get_args(Role)),
    ),
    writable=False,
)

KINDS: dict[str, Kind] = {kind.api_name: kind for kind in (COMPANY, PERSON, USER)}
