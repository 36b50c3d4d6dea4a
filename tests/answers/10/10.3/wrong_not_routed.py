# earns: No application configured for channel name
# instead of:
                "exports": BackgroundTaskConsumer.as_asgi(),
# stands:
