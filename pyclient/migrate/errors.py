"""What can go wrong while deploying; each exception's text is one sentence for a person."""

from __future__ import annotations

from pyclient.errors import SchemaOutdated, ServerUnsupported, SetupError

__all__ = [
    "MigrateError",
    "ServerUnsupported",
    "SchemaNewer",
    "MigrationEdited",
    "TreeInvalid",
    "DeployBusy",
    "DeployFailed",
]


class MigrateError(SetupError):
    """Base of everything that the deployer raises itself."""


class SchemaNewer(MigrateError, SchemaOutdated):
    """The schema was deployed by a newer celers than this one."""


class MigrationEdited(MigrateError, SchemaOutdated):
    """A migration that was applied reads differently now."""


class TreeInvalid(MigrateError):
    """A file of the SQL tree does not have the form that the deployer relies on."""


class DeployBusy(MigrateError):
    """Another deployment, or an open transaction, stood in the way for too long."""


class DeployFailed(MigrateError):
    """The server refused a statement of the deployment."""
