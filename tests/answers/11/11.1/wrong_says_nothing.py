# earns: should have received `{"error": "USER_HAS_TO_LOGIN"}`; the connection was closed with 4001
# instead of:
            await self.send(json.dumps({"error": "USER_HAS_TO_LOGIN"}))
# stands:
