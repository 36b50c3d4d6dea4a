"""What the keeper imports once, so that no server has to."""

import gc
import importlib
import sys

__all__ = ["PRELOADED", "preload"]

# Nothing here installs a Twisted reactor or reads Django's settings: both belong to the child.
PRELOADED = """
    asyncio concurrent.futures.thread json logging sqlite3 socket ssl decimal zoneinfo html.parser
    email.mime.text asgiref.sync asgiref.local asgiref.server asgiref.compatibility asgiref.testing asgiref.wsgi
    django django.apps django.apps.registry django.conf django.conf.urls django.core.management
    django.core.management.commands.migrate django.core.management.commands.runserver django.core.asgi
    django.core.wsgi django.core.handlers.asgi django.core.handlers.wsgi django.core.signing django.core.checks
    django.core.files.storage django.core.cache django.core.mail django.core.validators
    django.core.serializers.json django.core.servers.basehttp django.core.paginator django.db django.db.models
    django.db.models.sql.compiler django.db.migrations.executor django.db.migrations.autodetector
    django.db.backends.sqlite3.base django.db.backends.sqlite3.schema django.forms django.http
    django.middleware.common django.middleware.csrf django.middleware.security django.middleware.clickjacking
    django.shortcuts django.template.backends.django django.template.loader django.template.defaulttags
    django.template.defaultfilters django.template.loader_tags django.template.context_processors
    django.templatetags.static django.templatetags.i18n django.templatetags.l10n django.templatetags.tz
    django.test.client django.urls django.utils.translation django.utils.translation.trans_real
    django.utils.formats django.utils.autoreload django.views.debug django.views.defaults django.views.generic
    django.views.i18n django.views.csrf django.views.static django.contrib.auth django.contrib.auth.hashers
    django.contrib.auth.decorators django.contrib.auth.management django.contrib.auth.middleware
    django.contrib.auth.password_validation django.contrib.auth.checks django.contrib.auth.context_processors
    django.contrib.auth.signals django.contrib.auth.apps django.contrib.admin django.contrib.admin.apps
    django.contrib.contenttypes.apps django.contrib.contenttypes.checks django.contrib.messages
    django.contrib.messages.apps django.contrib.messages.middleware django.contrib.messages.context_processors
    django.contrib.messages.storage.fallback django.contrib.sessions.middleware django.contrib.sessions.apps
    django.contrib.sessions.serializers django.contrib.sessions.backends.base django.contrib.staticfiles
    django.contrib.staticfiles.apps django.contrib.staticfiles.checks django.contrib.staticfiles.finders
    django.contrib.staticfiles.urls django.contrib.staticfiles.handlers django.contrib.staticfiles.storage
    django.contrib.admin.checks django.contrib.admin.filters django.contrib.admin.widgets
    django.contrib.admin.sites channels channels.apps channels.layers channels.routing channels.middleware
    channels.sessions channels.auth channels.consumer channels.exceptions channels.db
    channels.security.websocket channels.generic.websocket channels.generic.http channels.worker
    channels_redis.core channels_redis.pubsub channels_redis.utils msgpack redis.asyncio
    autobahn.websocket.protocol autobahn.twisted.websocket twisted.internet.asyncioreactor
    twisted.internet.endpoints twisted.internet.defer twisted.internet.protocol twisted.internet.address
    twisted.internet.tcp twisted.internet.task twisted.logger twisted.protocols.policies twisted.python.failure
    twisted.web.http twisted.web.resource twisted.web.server twisted.plugins twisted.internet.process
    twisted.internet.unix twisted.internet.udp daphne daphne.access daphne.utils daphne.endpoints
    daphne.http_protocol daphne.ws_protocol
    websockets.asyncio.client websockets.sync.client
    channels_lab.running.child channels_lab.running.targets channels_lab.record.recorder channels_lab.record.excerpt
    channels_lab.record.layers channels_lab.record.routing channels_lab.record.symptoms
""".split()  # noqa: SIM905 - a paragraph, not a column

# Once in the keeper, these would break every child.
_FORBIDDEN = ["twisted.internet.reactor", "daphne.server"]


def preload() -> str:
    """Import everything that a child may need, for good; return "" or what went wrong, in a line."""
    # Next to nothing of it is garbage, and looking for some is a quarter of the work; nor must a child's own search
    # touch these pages, which all children share.
    gc.disable()
    try:
        return _import_all()
    finally:
        gc.freeze()
        gc.enable()


def _import_all() -> str:
    for name in PRELOADED:
        try:
            importlib.import_module(name)
        except Exception as error:
            # Modules with models or settings belong to a project: only a missing or broken package is news.
            if type(error).__name__ in ("ImproperlyConfigured", "AppRegistryNotReady"):
                continue
            return f"{name} could not be preloaded: {type(error).__name__}: {error}"
    harm = [name for name in _FORBIDDEN if name in sys.modules]
    return f"{', '.join(harm)} must not be preloaded" if harm else ""
