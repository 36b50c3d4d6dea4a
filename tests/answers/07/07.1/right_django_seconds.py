# instead of:
from datetime import UTC, datetime

from asgiref.sync import async_to_sync
from channels.generic.websocket import WebsocketConsumer
# stands:

from asgiref.sync import async_to_sync
from channels.generic.websocket import WebsocketConsumer
from django.utils import timezone
# instead of:
        event = {"type": "chat.message", "username": username, "message": message, "at": datetime.now(UTC).isoformat()}
# stands:
        event = {"type": "chat.message", "username": username, "message": message}
        event["at"] = timezone.now().strftime("%Y-%m-%dT%H:%M:%SZ")
