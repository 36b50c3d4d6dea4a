# instead of:
EXPORTS = "exports"
# stands:
CHANNELS = {"export": "exports"}
# instead of:
        channel = EXPORTS if kind == "export" else CHANNEL
        async_to_sync(ask)(get_channel_layer().send(channel, {"type": "task.run", "task": task.pk}))
# stands:
        send = async_to_sync(get_channel_layer().send)
        send(CHANNELS.get(task.kind, CHANNEL), {"type": "task.run", "task": task.pk})
# instead of:
application = ProtocolTypeRouter(
# stands:

class ExportConsumer(BackgroundTaskConsumer):
    """Exports only, so that they are told apart in logs."""


application = ProtocolTypeRouter(
# instead of:
                "exports": BackgroundTaskConsumer.as_asgi(),
# stands:
                "exports": ExportConsumer.as_asgi(),
