# instead of:
from django.urls import path
# stands:
from django.urls import path, re_path
# instead of:
    path("ws/say/<str:word>/<int:times>/", consumers.Say.as_asgi()),
# stands:
    re_path(r"^ws/say/(?P<word>[^/]+)/(?P<times>[0-9]+)/$", consumers.Say.as_asgi()),
# instead of:
    def connect(self):
        kwargs = self.scope["url_route"]["kwargs"]
        self.accept()
        self.send(json.dumps({"said": " ".join([kwargs["word"]] * kwargs["times"])}))
# stands:
    def connect(self):
        self.accept()
        word, times = self.scope["url_route"]["kwargs"].values()
        said = (word + " ") * int(times)
        self.send(text_data=json.dumps({"said": said.rstrip()}))
