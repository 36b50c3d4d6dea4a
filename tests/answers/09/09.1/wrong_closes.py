# earns: closed with 4000
# instead of:
            await self.send_json(refused.answer)
# stands:
            await self.send_json(refused.answer)
            await self.close(4000)
