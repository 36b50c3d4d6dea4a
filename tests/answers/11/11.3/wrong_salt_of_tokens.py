# earns: Make a signer of your own
# instead of:
from django.core.signing import BadSignature, Signer

signer = Signer(salt="tokens.invitations")
# stands:
from django.core.signing import BadSignature
from tokens.signing import signer
