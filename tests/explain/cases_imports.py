"""Cases of rules about importing the project's modules."""

from channels_lab.running.process import ProcessEnded

from .cases import Case
from .cases_first import talk

__all__ = ["CASES"]

ASGI = "config/asgi.py"
CONSUMERS = "chat/consumers.py"
ROUTING = "chat/routing.py"
GET = "django_application = get_asgi_application()\n"
ENV = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")\n'
ROUTES = "from chat.routing import websocket_urlpatterns\n"
MODEL = "from django.db import models\n\n\nclass Message(models.Model):\n    text = models.TextField()\n"
CONFIG = "from django.apps import AppConfig\n\n\nclass ChatConfig(AppConfig):\n    name = 'chat'\n"
USES = ("import json\n", "import json\n\nfrom chat.models import Message\n")
EARLY = [(ROUTES, ""), (ENV, ENV + ROUTES)]
LATE_ENV = [(ENV, ""), (GET, GET + ENV)]

CASES = [
    Case(
        "models are imported before get_asgi_application()",
        "models-before-setup",
        files={"chat/models.py": MODEL},
        edits={CONSUMERS: USES, ASGI: EARLY},
        raises=ProcessEnded,
    ),
    Case(
        "get_user_model() before get_asgi_application()",
        "models-before-setup",
        edits={
            CONSUMERS: ("import json\n", "import json\n\nfrom django.contrib.auth.models import User\n"),
            ASGI: EARLY,
        },
        raises=ProcessEnded,
    ),
    Case(
        "models are imported after get_asgi_application()",
        neighbour_of="models-before-setup",
        files={"chat/models.py": MODEL},
        edits={CONSUMERS: USES},
        act=talk,
    ),
    Case(
        "routes are imported before get_asgi_application(), and need no models",
        neighbour_of="models-before-setup",
        edits={ASGI: EARLY},
        act=talk,
    ),
    Case(
        "models are imported in an app's __init__.py",
        "models-in-init",
        files={"chat/models.py": MODEL, "chat/__init__.py": "from chat.models import Message\n"},
        raises=ProcessEnded,
    ),
    Case(
        "models are imported in an app's apps.py",
        "models-in-init",
        files={
            "chat/models.py": MODEL,
            "chat/apps.py": f"from chat.models import Message\n{CONFIG}",
        },
        raises=ProcessEnded,
    ),
    Case(
        "models are imported in ready()",
        neighbour_of="models-in-init",
        files={
            "chat/models.py": MODEL,
            "chat/apps.py": f"{CONFIG}\n    def ready(self):\n        from chat.models import Message\n",
        },
        act=talk,
    ),
    Case("no DJANGO_SETTINGS_MODULE", "settings-not-named", edits={ASGI: (ENV, "")}, raises=ProcessEnded),
    Case("DJANGO_SETTINGS_MODULE too late", "settings-not-named", edits={ASGI: LATE_ENV}, raises=ProcessEnded),
    Case(
        "DJANGO_SETTINGS_MODULE after the routes",
        "settings-not-named",
        files={"chat/models.py": MODEL},
        edits={CONSUMERS: USES, ASGI: [(ROUTES, ""), (ENV, ROUTES + ENV)]},
        raises=ProcessEnded,
    ),
    Case(
        "DJANGO_SETTINGS_MODULE from outside",
        neighbour_of="settings-not-named",
        edits={ASGI: (ENV, "")},
        env={"DJANGO_SETTINGS_MODULE": "config.settings"},
        act=talk,
    ),
    Case(
        "DJANGO_SETTINGS_MODULE with a typo",
        "settings-module",
        edits={ASGI: (ENV, ENV.replace('settings")', 'setings")'))},
        raises=ProcessEnded,
    ),
    Case(
        "DJANGO_SETTINGS_MODULE with a typo, for runserver",
        "settings-module",
        edits={"manage.py": (ENV.strip(), ENV.strip().replace('settings")', 'setings")'))},
        start="runserver",
        raises=ProcessEnded,
    ),
    Case(
        "a module with a typo",
        "own-module",
        edits={ROUTING: ("from chat import consumers", "import chat.consumer as consumers")},
        raises=ProcessEnded,
    ),
    Case(
        "a module with a typo, in from",
        "own-module",
        edits={ASGI: ("chat.routing", "chat.routings")},
        raises=ProcessEnded,
    ),
    Case(
        "a module with a typo, for runserver",
        "own-module",
        edits={ASGI: ("chat.routing", "chat.routings")},
        start="runserver",
        raises=ProcessEnded,
    ),
    Case("a module of another folder", "own-module", edits={ASGI: ("chat.routing", "routing")}, raises=ProcessEnded),
    Case(
        "a module that is there",
        neighbour_of="own-module",
        edits={ROUTING: ("from chat import consumers", "import chat.consumers as consumers")},
        act=talk,
    ),
    Case(
        "a name with a typo",
        "own-name",
        edits={ASGI: ("import websocket_urlpatterns", "import websocket_urlpattern as websocket_urlpatterns")},
        raises=ProcessEnded,
    ),
    Case(
        "a module's name with a typo",
        "own-name",
        edits={ROUTING: ("import consumers", "import consumer as consumers")},
        raises=ProcessEnded,
    ),
    Case(
        "a class's name with a typo",
        "own-name",
        edits={ROUTING: ("consumers.ChatConsumer", "consumers.ChatConsumr")},
        raises=ProcessEnded,
    ),
    Case(
        "a module that the import of its package does not bring",
        "own-name",
        edits={ROUTING: [("from chat import consumers", "import chat"), ("consumers.", "chat.consumers.")]},
        raises=ProcessEnded,
    ),
    Case(
        "a module that is not there, and of which another package has one of that name",
        "own-name",
        files={"chat/views.py": "", "chat/urls.py": "from chat import views\n", "notes/__init__.py": ""},
        edits={ASGI: ("from chat.routing", "from notes import views\nfrom chat.routing")},
        raises=ProcessEnded,
    ),
    Case(
        "a class that is in another module",
        "own-name",
        edits={ASGI: ("from chat.routing", "from chat import ChatConsumer\nfrom chat.routing")},
        raises=ProcessEnded,
    ),
    Case(
        "a name of Channels that is in another module",
        "library-name",
        edits={
            ASGI: ("from channels.routing import ProtocolTypeRouter", "from channels.auth import ProtocolTypeRouter")
        },
        raises=ProcessEnded,
    ),
    Case(
        "a name of Channels with a typo",
        "library-name",
        edits={CONSUMERS: ("AsyncWebsocketConsumer", "AsyncWebSocketConsumer")},
        raises=ProcessEnded,
    ),
    Case(
        "url() for a route", "library-name", edits={ROUTING: ("import path", "import url as path")}, raises=ProcessEnded
    ),
    Case(
        "a module of Channels with a typo",
        "library-module",
        edits={CONSUMERS: ("channels.generic.websocket", "channels.generic.websockets")},
        raises=ProcessEnded,
    ),
    Case(
        "a package that is not installed",
        "package-missing",
        edits={CONSUMERS: ("import json\n", "import json\n\nimport rest_framework\n")},
        raises=ProcessEnded,
    ),
    Case(
        "two modules that import each other",
        "circular-import",
        edits={
            CONSUMERS: ("import json\n", "import json\n\nfrom chat.routing import websocket_urlpatterns\n"),
            ROUTING: [
                ("from chat import consumers", "from chat.consumers import ChatConsumer, Hang, Odd, Silent"),
                ("consumers.Chat", "Chat"),
                ("consumers.Hang", "Hang"),
                ("consumers.Silent", "Silent"),
                ("consumers.Odd", "Odd"),
            ],
        },
        raises=ProcessEnded,
    ),
    Case(
        "two modules that import each other, whole",
        "circular-import",
        edits={
            CONSUMERS: (
                "import json\n",
                "import json\n\nfrom chat import routing\n\nPATHS = routing.websocket_urlpatterns\n",
            )
        },
        raises=ProcessEnded,
    ),
    Case(
        "two modules of which one imports late",
        neighbour_of="circular-import",
        edits={CONSUMERS: ("        self.group =", "        from chat import routing\n\n        self.group =")},
        act=talk,
    ),
    Case("names that are there", neighbour_of="own-name", act=talk),
    Case("names of Channels that are there", neighbour_of="library-name", act=talk),
    Case(
        "another module of Channels",
        neighbour_of="library-module",
        edits={
            CONSUMERS: ("from channels.consumer import", "import channels.generic.http\nfrom channels.consumer import")
        },
        act=talk,
    ),
    Case(
        "a package that may be missing",
        neighbour_of="package-missing",
        edits={
            CONSUMERS: (
                "import json\n",
                "import json\n\ntry:\n    import rest_framework\nexcept ImportError:\n    rest_framework = None\n",
            )
        },
        act=talk,
    ),
    Case("a settings module that is there", neighbour_of="settings-module", start="runserver", act=talk),
]
