"""Which view answers which path."""

from django.contrib import admin
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(url="rooms/")),
    path("admin/", admin.site.urls),
    path("notices/", include("notices.urls")),
    path("people/", include("people.urls")),
    path("chat/", include("chat.urls")),
    path("rooms/", include("multichat.urls")),
    path("tasks/", include("tasks.urls")),
    path("tokens/", include("tokens.urls")),
]


# Daphne's own command serves no static files: this does, while DEBUG is on.
urlpatterns += staticfiles_urlpatterns("static/")


from django.conf import settings
from django.views.generic import RedirectView, TemplateView

# Pages that only show: how the site was built, and the race of the ways of a notice.
urlpatterns += [
    path(
        "tour/",
        TemplateView.as_view(template_name="tour.html", extra_context={"sign_up_open": settings.SIGN_UP_OPEN}),
        name="tour",
    ),
    # Browsers ask for it where a page names no icon, as the admin's do not.
    path("favicon.ico", RedirectView.as_view(url="static/people/icon.svg")),
    path("notices/race/", TemplateView.as_view(template_name="notices/race.html"), name="race"),
]
