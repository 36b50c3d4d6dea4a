# earns: `{"error": "INVITATION_INVALID"}` came instead
# instead of:
from django.core.signing import BadSignature, Signer

signer = Signer(salt="tokens.invitations")
# stands:
from secrets import token_urlsafe

from django.core.signing import BadSignature


class signer:
    kept = {}

    @classmethod
    def sign_object(cls, told):
        key = token_urlsafe()
        cls.kept[key] = told
        return key

    @classmethod
    def unsign_object(cls, text):
        return cls.kept[text]
