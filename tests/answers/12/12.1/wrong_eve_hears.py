# earns: TimeoutError
# instead of:
            self.assertTrue(await eve.receive_nothing())
# stands:
            said = await eve.receive_json_from()
            self.assertNotIn("hi", said)
