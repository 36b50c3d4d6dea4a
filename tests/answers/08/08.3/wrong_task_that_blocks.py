# earns: A task is no thread
# instead of:
            answer = await asyncio.to_thread(ask, message.removeprefix("/ask "))
            await self.send(json.dumps({"answer": answer}))
            return
# stands:
            asyncio.create_task(self.answer(message.removeprefix("/ask ")))
            return
# instead of:
    async def chat_message(self, event):
# stands:
    async def answer(self, question):
        await self.send(json.dumps({"answer": ask(question)}))

    async def chat_message(self, event):
