# earns: 'NoneType' object has no attribute 'cancel'
# instead of:
        if self.clock:
            self.clock.cancel()
# stands:
        self.clock.cancel()
