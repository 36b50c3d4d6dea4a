"""What a client may say: a frame becomes a command, or is refused by a code and a sentence."""

import json

MOST_IN_A_FRAME = 16_384  # characters
MOST_IN_A_MESSAGE = 2_000
MOST_IN_A_KEY = 64
LARGEST_ID = 2**63 - 1

# The keys of each command, in the order in which they are read.
KEYS = {
    "join": ("room", "after"),
    "leave": ("room",),
    "send": ("room", "key", "message"),
    "rooms": (),
    "read": ("room", "id"),
}
OPTIONAL = {"after", "key"}


class Refused(Exception):
    """A command that is not obeyed; `answer` tells its sender why."""

    def __init__(self, code, detail, **about):
        super().__init__(detail)
        self.answer = {"error": code, "detail": detail, **about}


def read_command(text):
    """Return a command as a dict of checked values: ids as numbers, whatever they came as."""
    content = read_object(text)
    if "command" not in content:
        raise Refused("MISSING_KEY", 'A command looks like this: {"command": "join", "room": 1}')
    name = content["command"]
    if not isinstance(name, str) or name not in KEYS:
        raise Refused("UNKNOWN_COMMAND", f"There are {', '.join(KEYS)}.")
    return read_keys(name, content)


def read_keys(name, content):
    command = {"command": name}
    for key in KEYS[name]:
        try:
            if key in content:
                command[key] = READERS[key](content[key])
            elif key not in OPTIONAL:
                raise Refused("MISSING_KEY", f"{name} needs the key {key}.")
        except Refused as refused:
            refused.answer |= about(command)
            raise
    return command


def read_object(text):
    if text is None:
        raise Refused("BAD_JSON", "Send text frames; these are bytes.")
    if len(text) > MOST_IN_A_FRAME:
        raise Refused("TOO_LONG", f"A frame has {MOST_IN_A_FRAME} characters at most.")
    try:
        content = json.loads(text, parse_constant=int)  # NaN is no JSON, and no int: a ValueError
    except (ValueError, RecursionError):
        raise Refused("BAD_JSON", "That is not JSON.") from None
    if not isinstance(content, dict):
        raise Refused("BAD_JSON", 'A command is a JSON object: {"command": "join", "room": 1}')
    return content


def read_room(value):
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, str):
        raise Refused("ROOM_INVALID", "There is no such room.")
    if type(value) is not int:
        raise Refused("BAD_VALUE", "A room is a number, as 1 or as “1”.")
    if not 0 < value <= LARGEST_ID:
        raise Refused("ROOM_INVALID", "There is no such room.")
    return value


def read_id(value):
    if type(value) is not int or not 0 <= value <= LARGEST_ID:
        raise Refused("BAD_VALUE", "The id of a message is a whole number.")
    return value


def read_text(value, most=MOST_IN_A_MESSAGE):
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise Refused("BAD_VALUE", "This takes a text, and not an empty one.")
    if len(value) > most:
        raise Refused("TOO_LONG", f"That has {len(value)} characters, and {most} are allowed.")
    try:
        value.encode()  # JSON can name half a character, which nobody could be told
    except UnicodeEncodeError:
        raise Refused("BAD_VALUE", "There is half a character in it.") from None
    return value


def about(command):
    """Return which room and which message of the client's an answer is about."""
    found = {"room": str(command["room"])} if "room" in command else {}
    return found | ({"key": command["key"]} if "key" in command else {})


READERS = {
    "room": read_room,
    "message": read_text,
    "key": lambda value: read_text(value, MOST_IN_A_KEY),
    "id": read_id,
    "after": lambda value: None if value is None else read_id(value),
}
