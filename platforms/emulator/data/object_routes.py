"""Reading what objects there are, their attributes and the options of those."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from platforms.emulator.data.attributes import KINDS, Attribute, option
from platforms.emulator.data.reading import kind_of
from platforms.emulator.problems import not_found

OBJECTS = "/data/v1/objects"
ATTRIBUTES = f"{OBJECTS}/{{object_name}}/attributes"
OPTIONS = f"{ATTRIBUTES}/{{attribute_name}}/options"


def success(data: Any, status_code: int = 200) -> JSONResponse:
    """The Data API's envelope."""
    return JSONResponse({"status": "success", "data": data}, status_code)


def object_routes() -> APIRouter:
    """The six operations that read; making and changing objects, attributes and options is absent."""
    router = APIRouter()

    @router.get(OBJECTS)
    def list_objects() -> JSONResponse:
        return success([kind.as_json() for kind in KINDS.values()])

    @router.get(f"{OBJECTS}/{{object_name}}")
    def get_object(object_name: str) -> JSONResponse:
        return success(kind_of(object_name).as_json())

    @router.get(ATTRIBUTES)
    def list_attributes(object_name: str) -> JSONResponse:
        return success([one.as_json() for one in kind_of(object_name).attributes])

    @router.get(f"{ATTRIBUTES}/{{attribute_name}}")
    def get_attribute(object_name: str, attribute_name: str) -> JSONResponse:
        return success(_attribute(object_name, attribute_name).as_json())

    @router.get(OPTIONS)
    def list_options(object_name: str, attribute_name: str) -> JSONResponse:
        return success([option(name) for name in _attribute(object_name, attribute_name).options])

    @router.get(f"{OPTIONS}/{{option_name}}")
    def get_option(object_name: str, attribute_name: str, option_name: str) -> JSONResponse:
        if option_name not in _attribute(object_name, attribute_name).options:
            raise not_found(f"'{attribute_name}' has no option '{option_name}'", "attribute_option_not_found")
        return success(option(option_name))

    return router


def _attribute(object_name: str, name: str) -> Attribute:
    found = kind_of(object_name).attribute(name)
    if found is None:
        raise not_found(f"'{object_name}' has no attribute '{name}'", "attribute_not_found")
    return found
