# earns: was closed with 1000
# instead of:
            self.send(json.dumps({"error": str(error)}))
# stands:
            self.close()
