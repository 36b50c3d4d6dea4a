# earns: should have received `{"went": 
# instead of:
        self.tell("chat.went")
# stands:
