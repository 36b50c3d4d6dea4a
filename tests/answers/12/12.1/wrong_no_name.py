# earns: should notice a message under another name
# instead of:
                self.assertEqual((said["username"], said["message"]), ("alice", "hi"))
# stands:
                self.assertEqual(said["message"], "hi")
