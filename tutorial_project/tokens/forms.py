"""What a person says of a new token."""

from datetime import timedelta

from django import forms

from tokens.models import MOST, Token

LIFETIMES = {"1": "an hour", "24": "a day", "720": "30 days"}  # by hours


class TokenForm(forms.Form):
    name = forms.CharField(max_length=60, label="What is it for?")
    hours = forms.ChoiceField(choices=LIFETIMES.items(), initial="24", label="Good for")

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.user = user

    def clean(self):
        if Token.objects.filter(user=self.user).count() >= MOST:
            raise forms.ValidationError(f"You have {MOST} tokens already. Revoke one first.")
        return super().clean()

    def make(self):
        hours = int(self.cleaned_data["hours"])
        return Token.make(self.user, self.cleaned_data["name"], timedelta(hours=hours))
