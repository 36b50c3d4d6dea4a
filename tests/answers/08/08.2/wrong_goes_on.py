# earns: `found` is missing
# instead of:
            await self.send(json.dumps({"found": found}))
            return
# stands:
            await self.send(json.dumps({"found": found}))
