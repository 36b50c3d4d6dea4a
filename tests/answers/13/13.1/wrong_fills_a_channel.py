# earns: Your view has made itself ill
# instead of:
    name = await layer.new_channel()
    await layer.send(name, {"type": "health"})
    await layer.receive(name)
# stands:
    await layer.send("health", {"type": "health"})
