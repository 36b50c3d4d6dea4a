# earns: bob should have received `{"error": "ROOM_ACCESS_DENIED"}`
# instead of:
        if not user.is_staff:
            raise rights.Refused("ROOM_ACCESS_DENIED", "Only the staff removes messages.")
# stands:
