"""Which column of a CSV holds the addresses of the contacts: by its header, the way exports of CRMs name it."""

import re
import unicodedata

from inputs.addresses import addresses_in

# Folded headers, the best first; two of one rank are equally good.
_HEADERS = {
    name: rank
    for rank, names in enumerate(
        (
            "email",
            "emailaddress",
            "primaryemail primaryemailaddress emailprimary emailaddressprimary email1 emailaddress1 email1value",
            "workemail workemailaddress emailwork emailaddresswork businessemail businessemailaddress "
            "emailbusiness companyemail corporateemail professionalemail",
            "contactemail contactemailaddress personemail personemailaddress prospectemail prospectemailaddress "
            "leademail leademailaddress recipientemail customeremail emails",
        )
    )
    for name in names.split()
}
_UNPARTED = re.compile(r"[,;|\t]")
_OTHER_HEADER = 9  # speaks of e-mail otherwise, and holds addresses
_PERSON_HEADER = 10  # speaks of the contact, and holds addresses
_PERSON = {"contact", "contacts", "person", "people", "prospect", "lead", "recipient", "kontakt"}
_SPEAKS = re.compile("mail|courriel|correo|メール|邮|почт")
# Addresses of someone else, or of the contact but not for work; a wrong column would e-mail the wrong people.
_NEVER = re.compile(
    "personal|second|tertiary|third|privat|home|other|additional|altern|old|previous|status|opt|domain|confidence|"
    "owner|sender|sending|from|manager|assistant|user|rep|assign|creat|modif|enroll|invalid|bounce|box|account"
)


def folded(text: str) -> str:
    """A header or a cell as it is compared: case, spaces and signs do not count."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def email_columns(headers: list[str], rows: list[list[str]]) -> list[int]:
    """The columns of the best rank there is."""
    ranked: dict[int, list[int]] = {}
    for place, header in enumerate(headers):
        name = folded(header)
        rank = _HEADERS.get(name)
        if rank is None and (name in _PERSON or (_SPEAKS.search(name) and not _NEVER.search(name))):
            # Two headers that this delimiter did not part have two addresses in each cell.
            found, filled = count_addresses(rows, place, one_each=bool(_UNPARTED.search(header)))
            possible = _PERSON_HEADER if name in _PERSON else _OTHER_HEADER
            rank = possible if 2 * found > filled else None
        if rank is not None:
            ranked.setdefault(rank, []).append(place)
    return ranked[min(ranked)] if ranked else []


def count_addresses(rows: list[list[str]], column: int, *, one_each: bool = False) -> tuple[int, int]:
    """How many cells of the column hold addresses (`one_each`: exactly one), and how many hold anything."""
    cells = [row[column] for row in rows if len(row) > column and row[column].strip()]
    found = [len(addresses_in(cell)) for cell in cells]
    return sum(number == 1 if one_each else number > 0 for number in found), len(cells)
