# earns: Nothing should have come to eve
# instead of:
        self.group = group_name(self.scope["url_route"]["kwargs"]["room"])
# stands:
        self.group = "chat"
