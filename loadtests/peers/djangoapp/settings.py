"""Django's settings for django-tasks-db: its database is the one that the environment names."""

from __future__ import annotations

import os

from pyclient.dsn import Dsn

#: The variable with the DSN.
DATABASE = "PEERS_DJANGO"

_DSN = Dsn.parse(os.environ[DATABASE])

SECRET_KEY = "none"
USE_TZ = True
INSTALLED_APPS = ["django_tasks_db"]
DATABASES = {
    "default": {
        # The driver that celers has too, with its C extension.
        "ENGINE": "mysql.connector.django",
        "NAME": _DSN.database,
        "USER": _DSN.user,
        "PASSWORD": _DSN.password,
        "HOST": _DSN.socket or _DSN.host,
        "PORT": "" if _DSN.socket else str(_DSN.port),
        "CONN_MAX_AGE": None,
        "OPTIONS": {"use_pure": False},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
