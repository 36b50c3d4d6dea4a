# earns: guest should have received `{"error": "INVITATION_EXPIRED"}`; `{"you"
# instead of:
            if told["until"] <= time.time():
                return await self.send_away("INVITATION_EXPIRED")
# stands:
