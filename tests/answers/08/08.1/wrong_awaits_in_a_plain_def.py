# earns: 'await' outside async function
# instead of:
    async def chat_typing(self, event):
# stands:
    def chat_typing(self, event):
