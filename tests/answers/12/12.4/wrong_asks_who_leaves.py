# earns: should notice a consumer that tells nobody who leaves
# instead of:
            await alice.ask(command="leave", room=self.lobby)
            gone = {"msg_type": 5, "room": str(self.lobby), "username": "alice"}
            self.assertEqual(await bob.receive_json_from(), gone)
# stands:
            self.assertEqual(await alice.ask(command="leave", room=self.lobby), {"leave": str(self.lobby)})
