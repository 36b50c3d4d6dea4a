"""The lab's own Valkey or Redis: started when it is asked for, found by others in REDIS_URL."""

import os

from channels_lab.errors import LabError
from channels_lab.running import servers
from channels_lab.running.process import Process
from channels_lab.running.servers import Redis

__all__ = ["LabRedis"]


class LabRedis:
    """At most one server at a time; `url` is its address, "" before the first start, and stays when it stops."""

    def __init__(self) -> None:
        self._redis: Redis | None = None

    @property
    def url(self) -> str:
        """Where it listens, or has listened."""
        return self._redis.url if self._redis else ""

    @property
    def process(self) -> Process | None:
        """Its process; None before the first start, and where CHANNELS_LAB_REDIS_URL names another's."""
        return self._redis.process if self._redis else None

    async def start(self) -> bool:
        """Start it, unless it runs already, and put its address into REDIS_URL; returns whether it was started."""
        starts = self._redis is None or bool(self.process and not self.process.alive)
        if starts:
            self._redis = await servers.redis()
        os.environ["REDIS_URL"] = self.url
        return starts and self.process is not None

    async def stop(self) -> bool:
        """Stop it, as its crash would: REDIS_URL stays, and so does its address. Returns whether there was one.

        Raises LabError where it is another's.
        """
        if self._redis is None:
            return False
        if self.process is None:
            raise LabError(
                "The server that CHANNELS_LAB_REDIS_URL names is not the lab's: the lab does not stop it.",
                "Take that variable away and start JupyterLab again: then the lab starts a server of its own.",
            )
        await self._redis.stop()
        return True

    async def end(self) -> None:
        """Stop it when it is the lab's, and forget it: what is started later must not look for it."""
        if self._redis:
            await self._redis.stop()
            if os.environ.get("REDIS_URL") == self.url:
                del os.environ["REDIS_URL"]
            self._redis = None
