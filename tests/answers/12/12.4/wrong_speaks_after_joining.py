# earns: should notice a consumer that lets people speak
# instead of:
            answer = await alice.ask(command="send", room=self.lobby, message="hi")
            self.assertEqual(answer["error"], "ROOM_ACCESS_DENIED")
# stands:
            await alice.ask(command="join", room=self.lobby)
            answer = await alice.ask(command="send", room=self.office, message="")
            self.assertIn("error", answer)
