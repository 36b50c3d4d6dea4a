# earns: should notice a consumer that keeps a message twice
# instead of:
            self.assertEqual(first["id"], again["id"])
# stands:
            self.assertEqual(first["message"], again["message"])
