# earns: takes no arguments
# instead of:
                "exports": BackgroundTaskConsumer.as_asgi(),
# stands:
                "exports": BackgroundTaskConsumer,
