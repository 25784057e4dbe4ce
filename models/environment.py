"""Settings as people write them, in the environment or in `.env`. What is wrong there is named, with its remedy."""

import os
from dataclasses import dataclass, field
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from models.errors import InvalidInput

ENV_FILE = Path(".env")  # of the folder that a command is called in


class _Remembered(PydanticBaseSettingsSource):
    """What another source gives, worked out once for the same variables.

    Pydantic looks through the type of each field every time, and each step of a run asks for its settings anew.
    """

    def __init__(self, settings_cls: type[BaseSettings], source: EnvSettingsSource) -> None:
        super().__init__(settings_cls)
        self._source = source

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return self._source.get_field_value(field, field_name)

    def __call__(self) -> dict[str, Any]:
        prefix = self.config["env_prefix"].lower()
        set_here = ((name, value) for name, value in self._source.env_vars.items() if name.startswith(prefix))
        return dict(_given(_Variables(self.settings_cls, type(self._source), tuple(set_here), self._source)))


@dataclass(frozen=True, repr=False)  # some are secrets
class _Variables:
    """The variables of a class of settings; equal to others of the same names and values, whoever read them."""

    settings_cls: type[BaseSettings]
    kind: type[EnvSettingsSource]
    values: tuple[tuple[str, str | None], ...]
    source: EnvSettingsSource = field(compare=False)


@lru_cache(maxsize=64)
def _given(variables: _Variables) -> dict[str, Any]:
    found = variables.source()
    return {name: value for name, value in found.items() if name in variables.settings_cls.model_fields}


class FromEnvironment(BaseSettings):
    """Settings whose names begin with `env_prefix`; the environment goes before `.env`.

    Raises InvalidInput that names the variable, or the file and its line, and never a value: it may be a secret.
    """

    # Some editors begin a file with a mark that would become part of its first name.
    model_config = SettingsConfigDict(env_file=ENV_FILE, env_file_encoding="utf-8-sig", extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        read = (source for source in (env_settings, dotenv_settings) if isinstance(source, EnvSettingsSource))
        return init_settings, *(_Remembered(settings_cls, source) for source in read)

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
