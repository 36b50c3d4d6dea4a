# earns: nothing shows that it is ours
# instead of:
from django.core.signing import BadSignature, Signer

signer = Signer(salt="tokens.invitations")
# stands:
from django.core.signing import BadSignature


class signer:
    sign_object = json.dumps
    unsign_object = json.loads
