# earns: it is `INVITATION_EXPIRED`, not `INVITATION_INVALID`
# instead of:
        except (ValueError, TypeError, KeyError, AttributeError, BadSignature):
            if not self.you:
                return await self.send_away("INVITATION_INVALID")
# stands:
        except (ValueError, TypeError, KeyError, AttributeError):
            if not self.you:
                return await self.send_away("INVITATION_INVALID")
        except BadSignature:
            return await self.send_away("INVITATION_EXPIRED")
