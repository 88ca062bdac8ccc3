"""What Prometheus reads: ``text(client)``, or ``serve(client, host, port)``.

The gauges come from the database, so that it does not matter which process is asked; one exporter
for a schema is enough. ``count_enqueued(app)`` counts in the process that enqueues. It needs
prometheus-client, which the extra ``cli`` brings.
"""

from __future__ import annotations

from pyclient._extra import ExtraMissing

try:
    from pyclient.metrics.enqueued import count_enqueued
    from pyclient.metrics.exporter import Exporter, serve, text
except ModuleNotFoundError as error:
    if error.name != "prometheus_client":
        raise
    raise ExtraMissing(f"{error.name} cannot be imported: pip install 'celers[cli]'") from error

__all__ = ["Exporter", "count_enqueued", "serve", "text"]
