# earns: from config.asgi import application
# instead of:
        async with connected(LOBBY, user) as alice, connected(LOBBY) as bob, connected(HALL) as eve:
# stands:
        from channels.testing import WebsocketCommunicator

        from chat.consumers import ChatConsumer

        alice = WebsocketCommunicator(ChatConsumer.as_asgi(), LOBBY)
        await alice.connect()
        async with connected(LOBBY) as bob, connected(HALL) as eve:
