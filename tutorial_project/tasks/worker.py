"""What works, in a worker's process: called by messages, without a client."""

import logging

from channels.consumer import SyncConsumer
from channels.exceptions import StopConsumer

from tasks.running import run

log = logging.getLogger(__name__)


class BackgroundTaskConsumer(SyncConsumer):
    def task_run(self, event):
        run(event["task"])

    async def dispatch(self, message):
        # An exception would end this consumer, and with it everything that waits in its queue.
        try:
            await super().dispatch(message)
        except StopConsumer:
            raise
        except Exception:
            log.exception("The worker passes over %s.", message)
