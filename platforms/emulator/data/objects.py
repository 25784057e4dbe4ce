"""Reading what objects there are, their attributes and the options of those."""

from typing import Any

from platforms.emulator.data.attributes import KINDS, Attribute, option
from platforms.emulator.data.reading import kind_of
from platforms.emulator.data.refused import not_found

Told = dict[str, Any]


def objects() -> list[Told]:
    """Every object, as UObject."""
    return [kind.told() for kind in KINDS.values()]


def object_named(name: str) -> Told:
    """One object. Raises DataRefused, a 404."""
    return kind_of(name).told()


def attributes(name: str) -> list[Told]:
    """The attributes of an object, as UAttribute. Raises DataRefused, a 404."""
    return [one.told() for one in kind_of(name).attributes]


def attribute_named(name: str, attribute: str) -> Attribute:
    """One attribute of an object. Raises DataRefused, a 404."""
    found = kind_of(name).attribute(attribute)
    if found is None:
        raise not_found("attribute_not_found", f"'{name}' has no attribute '{attribute}'")
    return found


def options(name: str, attribute: str) -> list[Told]:
    """The options of an attribute, as UAttributeOption; none where it is not one to select from."""
    return [option(one) for one in attribute_named(name, attribute).options]


def option_named(name: str, attribute: str, wanted: str) -> Told:
    """One option of an attribute. Raises DataRefused, a 404."""
    if wanted not in attribute_named(name, attribute).options:
        raise not_found("attribute_option_not_found", f"'{attribute}' of '{name}' has no option '{wanted}'")
    return option(wanted)
