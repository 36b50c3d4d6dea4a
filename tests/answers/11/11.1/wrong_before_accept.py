# earns: accept first
# instead of:
        await self.accept()
        user = self.scope["user"]
# stands:
        user = self.scope["user"]
# instead of:
        else:
            await self.tell()
# stands:
        else:
            await self.accept()
            await self.tell()
# instead of:
            await self.send(json.dumps({"error": "USER_HAS_TO_LOGIN"}))
# stands:
# instead of:
            await self.send(json.dumps({"error": "STAFF_ONLY"}))
# stands:
