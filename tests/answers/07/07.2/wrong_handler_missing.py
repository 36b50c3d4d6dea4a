# earns: The nearest method is
# instead of:
    def chat_here(self, event):
# stands:
    def chat_hear(self, event):
