"""The commands of a page, and their answers."""

from multichat.protocol import Refused, read_object
from tasks.starting import give_up, start

SHOWN = 20
KEYS = {"tasks": (), "start": ("kind", "room")}


def answer(user, text):
    """Return the answer to a frame: to its sender only, while news of tasks go to all tabs."""
    try:
        command = read(text)
        if command["command"] == "tasks":
            return {"tasks": newest(user)}
        return {"started": start(user.pk, command).pk}
    except Refused as refused:
        return refused.answer


def read(text):
    """Return the command in a frame; raises Refused."""
    command = read_object(text)
    if "command" not in command:
        raise Refused("MISSING_KEY", "There is no command.")
    name = command["command"]
    if not isinstance(name, str) or name not in KEYS:
        raise Refused("UNKNOWN_COMMAND", f"There are {', '.join(KEYS)}.")
    for key in KEYS[name]:
        if key not in command:
            raise Refused("MISSING_KEY", f"{name} needs the key {key}.")
    return command


def newest(user):
    """Return a person's newest tasks, as they are told; first, what is overdue is given up."""
    give_up(user)
    return [task.told() for task in user.tasks.select_related("room").order_by("-id")[:SHOWN]]
