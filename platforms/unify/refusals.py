"""What the vendor's refusals are to people: errors that name the operation, what it said, and what to do."""

from models.errors import HandoffError, InvalidInput, KeyRefused, Unreadable
from platforms.unify.exchange import Reply
from platforms.unify.wire import Answer, Missing, Request


def refusal(request: Request, reply: Reply | Answer) -> HandoffError:
    """The error for an answer that nobody can do anything with but read it."""
    call, words = f"{request.method} {request.path}", reply.body.get("message")
    said = f": {words}" if isinstance(words, str) and words else ""
    match reply.status:
        case 401:
            return KeyRefused(f"{call}: the API key is not taken (401){said}. Check UNIFY_API_KEY or the Prefect block")
        case 403:
            return KeyRefused(f"{call}: the API key's user may not do this (403){said}. Use the key of an admin")
        case 404:
            return Missing(
                call,
                f"there is no such thing (404){said}",
                "It may have been deleted meanwhile; if so is all else, check UNIFY_BASE_URL",
            )
        case 400:
            return InvalidInput(call, f"the platform calls it wrong (400){said}{_fields(reply)}")
    return Unreadable(
        f"{call}: the platform answered {reply.status}{said}, which its contract does not have. Check UNIFY_BASE_URL"
    )


def _fields(reply: Reply | Answer) -> str:
    """The fields that a 400 names, each with its code."""
    errors = reply.body.get("errors")
    found = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    details = [f"{'.'.join(map(str, error.get('path') or []))} {error.get('code', '')}".strip() for error in found]
    return f" ({'; '.join(details)})" if details else ""
