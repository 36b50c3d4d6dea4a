# earns: test_the_others_hear_who_leaves
# instead of:
            await bob.ask(command="join", room=self.lobby)
            await alice.receive_json_from()  # bob came
            await alice.ask(command="leave", room=self.lobby)
            gone = {"msg_type": 5, "room": str(self.lobby), "username": "alice"}
            self.assertEqual(await bob.receive_json_from(), gone)
# stands:
            await bob.ask(command="join", room=self.lobby)
            answer = await alice.ask(command="leave", room=self.lobby)
            self.assertEqual(answer, {"leave": str(self.lobby)})
            gone = {"msg_type": 5, "room": str(self.lobby), "username": "alice"}
            self.assertEqual(await bob.receive_json_from(), gone)
