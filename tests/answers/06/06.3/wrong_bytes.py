# earns: unexpected keyword argument 'bytes_data'
# instead of:
    def receive(self, text_data=None, bytes_data=None):
# stands:
    def receive(self, text_data):
