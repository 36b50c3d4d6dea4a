# earns: in `error` it is `STAFF_ONLY`, not `USER_HAS_TO_LOGIN`
# instead of:
        if not user.is_authenticated:
            await self.send(json.dumps({"error": "USER_HAS_TO_LOGIN"}))
            await self.close(4001)
        elif not user.is_staff:
            await self.send(json.dumps({"error": "STAFF_ONLY"}))
            await self.close(4003)
# stands:
        if not user.is_staff:
            await self.send(json.dumps({"error": "STAFF_ONLY"}))
            await self.close(4003)
        elif not user.is_authenticated:
            await self.send(json.dumps({"error": "USER_HAS_TO_LOGIN"}))
            await self.close(4001)
