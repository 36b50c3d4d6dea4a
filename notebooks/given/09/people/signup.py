"""Signing up, to try the site on one's own machine."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.forms import UserCreationForm
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.views.generic.edit import FormView


class SignUp(FormView):
    """A name and a password make a user, who is logged in at once."""

    template_name = "registration/signup.html"
    form_class = UserCreationForm

    def dispatch(self, request, *args, **kwargs):
        if not settings.SIGN_UP_OPEN:
            raise Http404("Nobody can sign up here.")
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        login(self.request, form.save())
        return HttpResponseRedirect(resolve_url(settings.LOGIN_REDIRECT_URL))
