"""For a notebook: something to count, and hearing how tasks go, over their WebSocket, as the page does."""

import os
import signal
import time

from channels_redis.core import RedisChannelLayer

ZEN = """
Beautiful is better than ugly.
Explicit is better than implicit.
Simple is better than complex.
Complex is better than complicated.
Flat is better than nested.
Sparse is better than dense.
Readability counts.
Special cases aren't special enough to break the rules.
Although practicality beats purity.
Errors should never pass silently.
Unless explicitly silenced.
In the face of ambiguity, refuse the temptation to guess.
There should be one-- and preferably only one --obvious way to do it.
Although that way may not be obvious at first unless you're Dutch.
Now is better than never.
Although never is often better than *right* now.
If the implementation is hard to explain, it's a bad idea.
If the implementation is easy to explain, it may be a good idea.
Namespaces are one honking great idea -- let's do more of those!
"""


async def enter(server):
    """Log Alice in, and let her say the Zen of Python in room 1, its first lines in room 2; return her cookies."""
    cookies = await server.login("alice")
    async with server.connect("/ws/rooms/", name="Zen", cookies=cookies) as zen:
        for room, lines in (1, ZEN.strip().splitlines()), (2, ZEN.strip().splitlines()[:3]):
            await zen.send_json({"command": "join", "room": room})
            if (await zen.receive_json())["last"]:
                continue  # something was said there already
            for line in lines:
                await zen.send_json({"command": "send", "room": room, "message": line})
            while (await zen.receive_json()).get("message") != lines[-1]:
                pass
    return cookies


async def until(client, *states, step=0):
    """Return the first task that is heard of in one of these states, and so far; asks where nothing comes for a second.

    Raises TimeoutError after twenty.
    """
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            told = await client.receive_json(timeout=1)
        except TimeoutError:
            await client.send_json({"command": "tasks"})
            continue
        if "error" in told:
            return told
        if told.get("task", {}).get("state") in states and told["task"]["step"] >= step:
            return told["task"]
    raise TimeoutError(f"No task was {' or '.join(states)} within 20 s.")


async def start(client, room, *states, **more):
    """Ask for a count of a room; where states are named, wait for one, and return the task as it is then."""
    await client.send_json({"command": "start", "kind": "count", "room": room} | more)
    return await until(client, *states) if states else None


def headers_of_a_form(cookies):
    """What a browser sends with a form: its cookies, and the token that Django asks for against forgery."""
    return {"Cookie": "; ".join(f"{key}={cookies[key]}" for key in cookies), "X-CSRFToken": cookies["csrftoken"]}


async def by_hand(message, channel="background-tasks"):
    """Put a message into the workers' channel, as each program can that reaches Redis."""
    layer = RedisChannelLayer(hosts=[os.environ["REDIS_URL"]])
    await layer.send(channel, message)
    await layer.close_pools()


def kill(process):
    """End a process as the kernel does that has no memory left: at once, and it cannot say a word."""
    os.kill(process.pid, signal.SIGKILL)


# For `manage.py shell -c`: what the backend has written down of each of Django's tasks.
ROWS = """
from django_tasks_db.models import DBTaskResult
print(*DBTaskResult.objects.values_list("status", "args_kwargs"), sep="\\n")
"""


async def backlog(client, count):
    """Start so many tasks at once; return the seconds after which each was done, and how many were left then."""
    began, seconds, left = time.monotonic(), [0.0], [count]
    for _ in range(count):
        await start(client, 2)
    while left[-1]:
        await until(client, "done")
        seconds.append(time.monotonic() - began)
        left.append(left[-1] - 1)
    return seconds, left


def plot(curves):
    """Draw how many tasks were left, and say when all were done; `curves` are what `backlog` returned, by workers."""
    import matplotlib.pyplot as plt

    axes = plt.figure(figsize=(7, 3)).add_subplot()
    for workers, (seconds, left) in curves.items():
        axes.step(seconds, left, where="post", label=f"{workers} worker{'s' * (workers > 1)}")
        print(f"{workers} worker{'s' * (workers > 1)}: {left[0]} tasks done after {seconds[-1]:.1f} s")
    axes.set(xlabel="seconds", ylabel="tasks left")
    axes.legend()
    plt.show()
