# earns: Make a key once for each text
# instead of:
                async for frame in socket:
# stands:
                unheard[0] = uuid4().hex, unheard[0][1]
                async for frame in socket:
# instead of:
                    if told.get("key") == unheard[0][0]:
# stands:
                    if told.get("key") and told["message"] == unheard[0][1]:
