"""What an operation's id looks like: when it was begun, and some signs that tell it from others of that second."""

import re

is_operation_id = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4,}").fullmatch
