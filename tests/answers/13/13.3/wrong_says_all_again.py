# earns: in `message` it is
# instead of:
                await say(socket, *unheard[0])
                async for frame in socket:
# stands:
                for key, text in [*said, unheard[0]]:
                    await say(socket, key, text)
                async for frame in socket:
# instead of:
                        unheard.pop(0)
# stands:
                        said.append(unheard.pop(0))
# instead of:
    last, unheard = 0, [(uuid4().hex, text) for text in texts]
# stands:
    last, unheard, said = 0, [(uuid4().hex, text) for text in texts], []
