"""A contacts file is read as its owner sees it in a spreadsheet, or refused whole with what to do."""

import csv
import io
import pickle
import tempfile
import zipfile
from pathlib import Path
from typing import Literal

import pandas as pd
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from inputs import csv_layout
from inputs.addresses import address_in
from inputs.contacts_csv import ContactsFile, parse_contacts, read_contacts, reject
from models.errors import InvalidInput
from reports.csv_out import write_csv

PIA, BO = "pia@x.test", "bo@x.test"


def read(folder: Path, content: str | bytes, encoding: str = "utf-8") -> ContactsFile:
    path = folder / "contacts.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return read_contacts(path)


def emails(file: ContactsFile) -> list[str]:
    return file.contacts["email"].tolist()


def refused(folder: Path, content: str | bytes) -> str:
    with pytest.raises(InvalidInput) as caught:
        read(folder, content)
    assert "contacts_csv" == caught.value.field
    assert str(folder / "contacts.csv") in caught.value.problem
    assert caught.value.remedy
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
def test_an_encoding_that_spreadsheets_write_is_read_right(tmp_path: Path, encoding: str) -> None:
    file = read(tmp_path, f"Name;Email\r\nZoë Müller;{PIA}\r\nJosé Núñez;{BO}\r\n", encoding)
    assert [PIA, BO] == emails(file)
    assert ["Zoë Müller;" + PIA, "José Núñez;" + BO] == file.contacts["line"].tolist()


@pytest.mark.parametrize(("mark", "encoding"), [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
def test_unicode_text_from_excel_is_read_in_either_byte_order(tmp_path: Path, mark: bytes, encoding: str) -> None:
    file = read(tmp_path, mark + f"Name\tWork Email\r\nZoë\t{PIA}\r\n".encode(encoding))
    assert ([PIA], "utf-16, tab separated, column 'Work Email', 1 row") == (emails(file), file.understood)


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("cp1250", "Łukasz Żółć, Grażyna Wiśniewska"),
        ("cp1251", "Иван Петров, Мария Сидорова"),
        ("cp932", "田中太郎 山田花子"),
    ],
)
def test_names_from_outside_western_europe_are_kept(tmp_path: Path, encoding: str, name: str) -> None:
    file = read(tmp_path, f'Name,Email\n"{name}",{PIA}\n', encoding)
    assert [f'"{name}",{PIA}'] == file.contacts["line"].tolist()


def test_typographic_signs_without_accents_are_read_as_western(tmp_path: Path) -> None:
    file = read(tmp_path, f"Email,Note\n{PIA},“O’Brien” – €5…\n", "cp1252")
    assert ([f"{PIA},“O’Brien” – €5…"], "cp1252") == (
        file.contacts["line"].tolist(),
        file.understood.split(", ")[0],
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_end_are_found_whatever_the_cells_hold(tmp_path: Path, delimiter: str, end: str) -> None:
    rows = [["Name", "Email", "Note"], ['La"ng, P; x', PIA, "a\nb|c\td"], ["Bo", BO, ""]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    file = read(tmp_path, text.getvalue())
    assert ([PIA, BO], [2, 3]) == (emails(file), file.contacts["row"].tolist())


def test_the_separator_line_of_excel_declares_the_delimiter_and_is_no_row(tmp_path: Path) -> None:
    file = read(tmp_path, f"\ufeffsep=;\r\nName, first;Email\r\nPia;{PIA}\r\n")
    assert ([PIA], [2]) == (emails(file), file.contacts["row"].tolist())


def test_a_byte_order_mark_before_a_quoted_header_is_not_part_of_it(tmp_path: Path) -> None:
    assert (
        "utf-8, ',' separated, column 'Email', 1 row"
        == read(tmp_path, f'\ufeff"Email","Name"\n"{PIA}","P"\n').understood
    )


def test_trailing_delimiters_and_ragged_rows_are_read(tmp_path: Path) -> None:
    file = read(tmp_path, f"Name;Email;Phone;\nPia;{PIA}\nBo;{BO};1;2;3;4\nAb\n")
    assert [PIA, BO] == emails(file)
    assert [[4, "", "invalid_email", "Ab"]] == file.rejects.to_numpy().tolist()


@pytest.mark.parametrize(
    "header",
    [
        "Email",
        "Email Address",
        "email",
        "Work Email",
        "E-mail",
        "E-MAIL ",
        "Business Email",
        "Contact: Email",
        "Person Email",
        "Primary Email",
        "Prospect Email",
        "Email (Work)",
        "Contact Email",
        "person_email",
        "E-Mail-Adresse",
        "Decision maker email",
    ],
)
def test_the_header_of_every_usual_export_is_known(tmp_path: Path, header: str) -> None:
    file = read(tmp_path, f"Name,{header},Email Status\nPia,{PIA},Verified\n")
    assert ([PIA], f"column {header.strip()!r}") == (emails(file), file.understood.split(", ")[2])


@pytest.mark.parametrize(
    "other",
    [
        "Personal Email",
        "Secondary Email",
        "Tertiary Email",
        "Email Status",
        "Email Opt Out",
        "Email Domain",
        "Email Confidence",
        "Work Email",
        "Email Address",
        "Contact owner email",
        "Additional email addresses",
        "Mailbox",
    ],
)
def test_the_column_email_comes_before_every_other(tmp_path: Path, other: str) -> None:
    assert [PIA] == emails(read(tmp_path, f"{other},Email\n{BO},{PIA}\n"))


@pytest.mark.parametrize(
    "header",
    ["Personal Email", "Email Domain", "Email Status", "Contact Owner Email", "Mailbox", "Account Email"],
)
def test_addresses_that_are_not_the_contacts_for_work_are_never_chosen(tmp_path: Path, header: str) -> None:
    assert f"'Name', '{header}'" in refused(tmp_path, f"Name,{header}\nPia,{PIA}\n")


@pytest.mark.parametrize("text", [f"{PIA}\n{BO}\n", f"Pia,{PIA},1\nBo,{BO},2\n", f";Lang, Pia <{PIA}>\n;{BO}"])
def test_a_file_without_a_header_is_read_from_its_first_row_on(tmp_path: Path, text: str) -> None:
    file = read(tmp_path, text)
    assert ([PIA, BO], [1, 2]) == (emails(file), file.contacts["row"].tolist())
    assert "no header" in file.understood


@pytest.mark.parametrize(
    "cell",
    [
        " PIA@X.test\t",
        f"Pia Lang <{PIA}>",
        f'"""Lang, Pia"" <{PIA}>"',
        f"mailto:{PIA}",
        f"MAILTO:{PIA}?subject=Hi",
        f"<{PIA}>",
        f"\u200b{PIA}\xa0",
        f"{PIA} <{PIA}>",
    ],
)
def test_an_address_in_any_usual_dress_is_read_as_the_address(tmp_path: Path, cell: str) -> None:
    assert [PIA] == emails(read(tmp_path, f"Email;Name\n{cell};P\n"))


@pytest.mark.parametrize(
    "email",
    ["a@b.local", "o'brien@x.test", "zoë@x.test", "a@bücher.test", "a@x.invalid", "_a@x.test", "a+b@x.co.uk"],
)
def test_an_unusual_address_is_valid(email: str) -> None:
    assert email == address_in(email)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "n/a",
        "pia@x",
        "pia@@x.test",
        "pia x.test",
        "a b@x.test",
        ".a@x.test",
        "a@-x.test",
        f"{PIA} {BO}",
        f"{PIA} <{BO}>",
        "pia@.test",
        "@x.test",
        "a..b@x.test",
        "a@x.t3",
        "a" * 65 + "@x.test",
    ],
)
def test_what_is_no_address_is_none(text: str) -> None:
    assert address_in(text) is None


def test_a_bad_cell_and_a_repeated_address_are_rejected_with_row_reason_and_line(tmp_path: Path) -> None:
    text = f'Email,Name\n{PIA},"P\nQ"\n\n,No\nbad,Bad\nPIA@X.TEST,"Again, Pia"\n,,\n'
    file = read(tmp_path, text)
    assert [[2, PIA, f'{PIA},"P\nQ"']] == file.contacts.to_numpy().tolist()
    assert [
        [4, "", "invalid_email", ",No"],
        [5, "bad", "invalid_email", "bad,Bad"],
        [6, PIA, "duplicate_row", 'PIA@X.TEST,"Again, Pia"'],
    ] == file.rejects.to_numpy().tolist()
    assert "4 rows" == file.understood.split(", ")[-1]


def test_the_columns_have_their_types_also_where_nothing_was_rejected(tmp_path: Path) -> None:
    file = read(tmp_path, f"Email\n{PIA}\n")
    assert {"row": "int64", "email": "str", "line": "str"} == file.contacts.dtypes.astype(str).to_dict()
    assert {"row": "int64", "email": "str", "reason": "str", "line": "str"} == file.rejects.dtypes.astype(str).to_dict()


def test_contacts_refused_later_move_to_the_rejects_in_order_of_row(tmp_path: Path) -> None:
    file = read(tmp_path, f"Email\n{PIA}\nbad\n{BO}\n")
    moved = reject(file, [" PIA@x.test", BO, "nobody@x.test"], "unknown_contact")
    assert ([], [2, 3, 4]) == (emails(moved), moved.rejects["row"].tolist())
    assert ["unknown_contact", "invalid_email", "unknown_contact"] == moved.rejects["reason"].tolist()
    assert file.rejects.dtypes.to_dict() == moved.rejects.dtypes.to_dict()
    pd.testing.assert_frame_equal(file.contacts, reject(file, [], "unknown_contact").contacts)


def test_a_missing_file_and_a_directory_are_refused_with_their_path(tmp_path: Path) -> None:
    for path, said in ((tmp_path / "no.csv", "does not exist"), (tmp_path, "is a directory")):
        with pytest.raises(InvalidInput, match=said) as caught:
            read_contacts(path, field="outcomes_csv")
        assert ("outcomes_csv", True) == (caught.value.field, str(path) in str(caught.value))


@pytest.mark.parametrize("content", [b"", b"\n \r\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "is empty" in refused(tmp_path, content)


def test_an_excel_workbook_is_refused_with_how_to_save_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "contacts.csv", "w") as book:
        book.writestr("xl/workbook.xml", "<x/>")
    said = refused(tmp_path, (tmp_path / "contacts.csv").read_bytes())
    assert "this is an Excel workbook. Save it as CSV" in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0rest", "Excel workbook"),
        (b"PK\x03\x04rest", "zip archive"),
        (b"%PDF-1.7", "PDF"),
        (b"Email\n\0\x01", "NUL bytes"),
        ("Email\npia@x.test".encode("utf-16-le"), "NUL bytes"),
    ],
)
def test_what_is_no_text_is_refused_by_its_name(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in refused(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        f"Name,Email\nZoë,{PIA}\nMüller,{BO}\nJosé,b@x.test\n".encode() + b"\x81,c@x.test\n",
        b"\xef\xbb\xbfEmail\n\xff\n",
        b"\xff\xfeE\x00m",
    ],
)
def test_bytes_that_do_not_decode_are_refused_rather_than_garbled(tmp_path: Path, content: bytes) -> None:
    assert "no text in any encoding" in refused(tmp_path, content)


def test_a_file_without_a_column_of_addresses_is_refused_with_the_headers_found(tmp_path: Path) -> None:
    assert "its first row is 'Name', 'Phone'" in refused(tmp_path, "Name;Phone\nPia;1\n")
    assert "its first row is" in refused(tmp_path, "sep=;\n")


@pytest.mark.parametrize(
    "text", [f"Email,E-mail\n{PIA},{BO}\n", f"Work Email,Business Email\n{PIA},{BO}\n", f"{PIA},{BO}\n"]
)
def test_two_columns_that_are_equally_good_are_refused(tmp_path: Path, text: str) -> None:
    assert "more than one column" in refused(tmp_path, text)


def test_a_file_in_which_no_row_holds_an_address_is_refused(tmp_path: Path) -> None:
    assert "no address in any row" in refused(tmp_path, "Email,Name\nn/a,Pia\n,Bo\n")


@pytest.mark.parametrize(
    "rows",
    [
        f'Pia,{PIA}\n"Bo,{BO}\nCy,cy@x.test\n',
        f'"Bo,{BO}\n"Cy",cy@x.test\n',
        f'"Bo,{BO}\nDi,di@x.test\nCy",cy@x.test\n',
        f'"Bo,{BO}\nCy",cy@x.test\n',
        f'Pia,{PIA}\n"Bo,{BO}',
    ],
)
def test_a_quote_left_open_that_takes_in_other_rows_is_refused(tmp_path: Path, rows: str) -> None:
    assert "quote" in refused(tmp_path, f"Name,Email\n{rows}")


def test_a_cell_longer_than_any_spreadsheet_writes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_layout, "LARGEST_CELL", 1000)
    assert "quote" in refused(tmp_path, f"Email,Note\n{PIA},\n" + f"{BO},\n" * 300 + f'a@x.test,"{"x" * 2000}')


def test_a_note_of_several_lines_with_an_address_in_it_is_no_open_quote(tmp_path: Path) -> None:
    text = f'Note,Email\n"called, twice\nsee {BO}\n{BO}\nbye, bye",{PIA}\n'
    assert [PIA] == emails(read(tmp_path, text))


def test_a_cell_of_two_hundred_thousand_characters_is_read(tmp_path: Path) -> None:
    assert [PIA] == emails(read(tmp_path, f"Note,Email\n{'x' * 200_000},{PIA}\n"))


def test_a_refusal_survives_being_carried_between_processes(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_contacts(tmp_path)
    assert str(caught.value) == str(pickle.loads(pickle.dumps(caught.value)))


@pytest.mark.parametrize(
    "text",
    [
        f"{PIA}\n{BO}",
        f"{PIA}, {BO}",
        f"{PIA};{BO};",
        f"{PIA} {BO}",
        f"{PIA},\r\n{BO},",
        f"Pia Lang <{PIA}>, Bo <{BO}>",
        f"Lang, Pia <{PIA}>; Ek, Bo <{BO}>",
        f"Name\tEmail\tOwner email\nP\t{PIA}\t{BO}\nB\t{BO}\t{PIA}",
        f"Email\n{PIA}\n{BO}",
    ],
)
def test_pasted_addresses_and_pasted_csv_are_both_read(text: str) -> None:
    assert [PIA, BO] == emails(parse_contacts(text))


def test_a_word_in_a_pasted_list_that_is_no_address_is_rejected_by_its_place() -> None:
    file = parse_contacts(f"{PIA}, bob, {BO}, {PIA}")
    assert [
        [2, "bob", "invalid_email", "bob"],
        [4, PIA, "duplicate_row", PIA],
    ] == file.rejects.to_numpy().tolist()
    assert "a list, 4 rows" == file.understood


@pytest.mark.parametrize("text", ["", " \n", "bob", "@@ @", "Name,Phone\nPia,1"])
def test_pasted_text_without_an_address_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="contacts: the pasted text"):
        parse_contacts(text)


PARTS = st.lists(st.text("az09_-", min_size=1, max_size=24), min_size=1, max_size=3)
LOCALS = st.builds(lambda mark, parts: mark.join(parts), st.sampled_from(".+'-"), PARTS)
LIKELY = st.builds(
    lambda local, parts, last: f"{local}@{'.'.join(parts)}.{last}",
    LOCALS,
    PARTS,
    st.text("atz", min_size=1, max_size=63),
)
ADDRESSES = st.from_regex(r"[a-z0-9]{1,8}([._+'-][a-z0-9]{1,5}){0,2}@[a-z]{1,9}\.(test|com|co\.uk)", fullmatch=True)
ACCENTS = st.text("aZ9 ,;|\t\n\r\"'éüñøÅß=+-", max_size=12)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0@"), max_size=12)


def library(email: str) -> str | None:
    try:
        found = validate_email(email, check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError:
        return None
    return found.normalized


@settings(deadline=None, max_examples=300)
@given(LIKELY)
def test_the_fast_path_takes_no_address_that_the_library_refuses(email: str) -> None:
    assert library(email) == address_in(email)


@pytest.mark.parametrize("odd", ["'", "'='", "%", "\u0130", "ß"])
def test_an_odd_local_part_is_read_as_the_library_reads_it(odd: str) -> None:
    assert library(f"a{odd}@x.test".lower()) == address_in(f"A{odd}@X.test")


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(ADDRESSES, st.data()), min_size=1, max_size=12, unique_by=lambda pair: pair[0]),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"]),
)
def test_a_file_in_any_dialect_and_encoding_gives_exactly_its_addresses(
    rows: list[tuple[str, st.DataObject]], delimiter: str, end: str, quoting: Literal[0, 1], encoding: str
) -> None:
    cells = ACCENTS if encoding == "cp1252" else NAMES
    text = io.StringIO(newline="")
    # A line end of both characters makes the writer quote either of them.
    writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\r\n")
    writer.writerows([["Name", "Email", "Note"], *([d.draw(cells), email, d.draw(cells)] for email, d in rows)])
    records = text.getvalue() if quoting == csv.QUOTE_MINIMAL else text.getvalue().replace("\r\n", end)
    with tempfile.TemporaryDirectory() as folder:
        file = read(Path(folder), records, encoding)
    assert [email for email, _ in rows] == emails(file)
    assert list(range(2, len(rows) + 2)) == file.contacts["row"].tolist()


ODD = st.from_regex(r"[=+\-a-z0-9!#$%&*/?^_`{|}~]{1,8}@x\.test", fullmatch=True)


@settings(deadline=None)
@given(st.lists(ODD, min_size=1, max_size=8, unique=True))
def test_addresses_that_look_like_formulas_come_back_from_our_own_csv(odd: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_csv(pd.DataFrame({"email": odd, "=note": ["-"] * len(odd)}), Path(folder) / "out.csv")
        assert odd == emails(read_contacts(path))


def test_lines_of_our_own_rejects_read_back_as_contacts(tmp_path: Path) -> None:
    file = read(tmp_path, f"Email,Name\n=a@x.test,P\n+a@x.test,Q\n{PIA},R\n{PIA},S\n")
    again = read_contacts(write_csv(file.contacts, tmp_path / "out.csv"))
    assert ["=a@x.test", "+a@x.test", PIA] == emails(again) == emails(file)


@settings(deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_but_never_break(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            assert emails(read(Path(folder), content))
        except InvalidInput as error:
            assert error.remedy


@settings(deadline=None)
@given(st.text(st.sampled_from("a@.x\"',; \n\r\t|=<>é:"), max_size=40))
def test_any_text_is_read_or_refused_but_never_breaks(text: str) -> None:
    try:
        assert emails(parse_contacts(f"b@x.test,{text}"))
    except InvalidInput as error:
        assert error.remedy
