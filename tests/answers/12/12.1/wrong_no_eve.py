# earns: should notice a message that reaches all rooms
# instead of:
            self.assertTrue(await eve.receive_nothing())
# stands:
            self.assertIsNotNone(eve)
