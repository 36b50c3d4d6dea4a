# instead of:
    re_path(r"", consumers.Nobody.as_asgi()),
# stands:
    re_path(r"^.*$", nobody),
# instead of:
websocket_urlpatterns = [
# stands:
async def nobody(scope, receive, send):
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": 4404, "reason": "nobody there"})


websocket_urlpatterns = [
