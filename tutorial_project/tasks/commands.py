"""The commands of a page, and their answers."""

import json

from django.contrib.auth import get_user_model

from tasks.starting import Refused, give_up, start

SHOWN = 20


def answer(user_id, text):
    """Return the answer to a frame of the person with this id."""
    try:
        user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
        if user is None:
            raise Refused("USER_HAS_TO_LOGIN", "This account is closed.")
        command = read(text)
        if command["command"] == "tasks":
            return {"tasks": newest(user)}
        if command["command"] == "start":
            return {"started": start(user, command).pk}
        raise Refused("UNKNOWN_COMMAND", "The commands are tasks and start.")
    except Refused as refused:
        code, detail = refused.args
        return {"error": code, "detail": detail}


def read(text):
    """Return the command in a frame; raises Refused."""
    try:
        command = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        raise Refused("BAD_JSON", "Send a JSON object in a text frame.") from None
    if not isinstance(command, dict):
        raise Refused("BAD_JSON", "Send a JSON object in a text frame.")
    for key in ("command", "kind", "room")[: 3 if command.get("command") == "start" else 1]:
        if key not in command:
            raise Refused("MISSING_KEY", f"There is no {key}.")
    return command


def newest(user):
    """Return a person's newest tasks, as they are told; first, what is overdue is given up."""
    give_up(user)
    return [task.told() for task in user.tasks.order_by("-id")[:SHOWN]]
