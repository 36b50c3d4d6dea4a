# earns: should notice a message that reaches its sender only
# instead of:
            for reader in alice, bob:
                said = await reader.receive_json_from()
                self.assertEqual((said["username"], said["message"]), ("alice", "hi"))
# stands:
            said = await alice.receive_json_from()
            self.assertEqual((said["username"], said["message"]), ("alice", "hi"))
