# earns: goes to `exports`, and to `background-tasks`, too
# instead of:
        channel = EXPORTS if kind == "export" else CHANNEL
        async_to_sync(ask)(get_channel_layer().send(channel, {"type": "task.run", "task": task.pk}))
# stands:
        for channel in [EXPORTS, CHANNEL] if kind == "export" else [CHANNEL]:
            async_to_sync(ask)(get_channel_layer().send(channel, {"type": "task.run", "task": task.pk}))
