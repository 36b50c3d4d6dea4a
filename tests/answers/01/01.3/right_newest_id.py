# instead of:
        return JsonResponse({"notices": await board.newer(read_after(request))})
# stands:
        found = await board.newer(read_after(request))
        tag = f'"{found[-1]["id"] if found else 0}"'
        answer = JsonResponse({"notices": found}, headers={"ETag": tag})
        return get_conditional_response(request, etag=tag, response=answer)
# instead of:
@conditional_page  # it makes the tag, of the body, and compares it
# stands:
# instead of:
from django.views.decorators.http import conditional_page, require_http_methods
# stands:
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods
