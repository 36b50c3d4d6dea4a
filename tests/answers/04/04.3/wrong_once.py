# earns: stops listening after
# instead of:
    while (event := await receive())["type"] == "websocket.receive":
# stands:
    if (event := await receive())["type"] == "websocket.receive":
