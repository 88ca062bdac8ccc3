"""The task of django-tasks-db; django.setup() comes before this module."""

from __future__ import annotations

import importlib.util

from loadtests.peers import adapter

# Django has had the interface of tasks since 6.0; before that a package brings it.
if importlib.util.find_spec("django.tasks"):
    from django.tasks import task  # type: ignore[import-untyped]
else:
    from django_tasks import task  # type: ignore[import-not-found]


@task  # type: ignore[untyped-decorator]
def note(number: int) -> None:
    """The no-op task."""
    adapter.note(number)
