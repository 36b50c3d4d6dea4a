# instead of:
from django.http import Http404, HttpResponse

from notices.models import Notice


@csrf_exempt  # as above
@require_http_methods(["GET", "DELETE"])
async def notice(request, number):
    """GET: the notice with this number. DELETE: take it down."""
    found = Notice.objects.filter(id=number)
    shown = await found.values("id", "text").afirst()
    if shown is None:
        raise Http404
    if request.method == "GET":
        return JsonResponse(shown)
    await found.adelete()
    return HttpResponse(status=204)
# stands:
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views import View

from notices.models import Notice


@method_decorator(csrf_exempt, name="dispatch")
class OneNotice(View):
    http_method_names = ["get", "delete"]

    def get(self, request, pk):
        notice = get_object_or_404(Notice, pk=pk)
        return JsonResponse({"id": notice.pk, "text": notice.text})

    def delete(self, request, pk):
        get_object_or_404(Notice, pk=pk).delete()
        return HttpResponse(status=204)
# instead of:
    path("<int:number>/", views.notice, name="notice"),
# stands:
    path("<int:pk>/", views.OneNotice.as_view()),
