"""The page of one's tokens: make, look, revoke."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tokens.forms import TokenForm
from tokens.models import Token
from tokens.signing import text_of


@login_required
@never_cache  # neither the browser nor a proxy keeps the one answer that holds a token
def page(request):
    made = None
    form = TokenForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        # Shown here and never again: what the database keeps makes no token.
        made = text_of(form.make())
        form = TokenForm(user=request.user)
    tokens = Token.objects.filter(user=request.user)
    told = {"form": form, "made": made, "tokens": tokens, "now": timezone.now()}
    return render(request, "tokens/page.html", told)


@login_required
@require_POST
def revoke(request, id):
    get_object_or_404(Token, id=id, user=request.user).delete()
    # Relative, so that a proxy which puts its own path before ours is right too.
    return redirect("../../")
