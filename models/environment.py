"""Settings as people write them, in the environment or in `.env`. What is wrong there is named, with its remedy."""

import os
from io import StringIO
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream
from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.errors import InvalidInput

ENV_FILE = Path(".env")  # of the folder that a command is called in


class FromEnvironment(BaseSettings):
    """Settings whose names begin with `env_prefix`; the environment goes before `.env`.

    Raises InvalidInput that names the variable, or the file and its line, and never a value: it may be a secret.
    """

    # Some editors begin a file with a mark that would become part of its first name.
    model_config = SettingsConfigDict(env_file=ENV_FILE, env_file_encoding="utf-8-sig", extra="ignore")

    def __init__(self, **values: Any) -> None:
        written = _names_in(ENV_FILE)
        try:
            super().__init__(**values)
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            variable = self.model_config["env_prefix"] + str(first["loc"][0]).upper()
            where = "" if variable in os.environ or variable not in written else f" (in {ENV_FILE})"
            problem = first["msg"][:1].lower() + first["msg"][1:]
            raise InvalidInput(f"{variable}{where}", problem, "Correct it, or leave it out") from None


def _names_in(file: Path) -> set[str]:
    """The variables that a file of settings sets; none where there is no file.

    Raises InvalidInput for a file that is none: a line that nobody can read would else be passed over, and a run would
    go on with another home or another workspace than the one that was meant.
    """
    if not file.is_file():
        return set()
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput(str(file), "is no text in UTF-8", "Save it again in that encoding") from None
    except OSError as error:
        raise InvalidInput(str(file), f"cannot be read ({error.strerror})", "See to its permissions") from error
    if "\0" in text:
        raise InvalidInput(str(file), "is no text in UTF-8", "Save it again in that encoding")
    lines = list(parse_stream(StringIO(text)))
    for line in lines:
        if line.error:
            raise InvalidInput(
                f"{file}, line {line.original.line}", "is no NAME=value", "Correct it, or begin it with # as a remark"
            )
    return {line.key for line in lines if line.key}
