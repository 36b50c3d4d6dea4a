# earns: in `layer` it is `true`, not `false`
# instead of:
    name = await layer.new_channel()
    await layer.send(name, {"type": "health"})
    await layer.receive(name)
# stands:
    assert layer is not None
