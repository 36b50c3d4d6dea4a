# part: pages
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
