# earns: The nearest method is `chat_come`
# instead of:
    def chat_came(self, event):
# stands:
    def chat_come(self, event):
