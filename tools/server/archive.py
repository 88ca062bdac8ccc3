"""Which package archive to take MySQL from: the one the machine's own apt uses.

On Debian the suite is sid, the one that has MySQL; on Ubuntu it is the machine's own.
"""

from dataclasses import dataclass
from pathlib import Path

from tools.server.errors import ServerError

OS_RELEASE = Path("/etc/os-release")
KEYRINGS = Path("/usr/share/keyrings")


@dataclass(frozen=True)
class Archive:
    """A package archive: its address, what to look at in it, and the file of its keys.

    `keyring` is empty where apt's own keys are to be used.
    """

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]
    keyring: str = ""

    def sources(self, architecture: str) -> str:
        """This archive as the text of a sources file of apt."""
        fields = {
            "Types": "deb",
            "URIs": self.uri,
            "Suites": " ".join(self.suites),
            "Components": " ".join(self.components),
            "Architectures": architecture,
            "Signed-By": self.keyring,
        }
        return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)


def choose(sources: str, system: dict[str, str]) -> Archive:
    """The archive among `sources`, the lines `URI suite component` of the machine's apt.

    `system` are the fields of its os-release file. Raises ServerError if the main archive of the
    distribution is not among them.
    """
    family = "ubuntu" if "ubuntu" in system.get("ID", "") + system.get("ID_LIKE", "") else "debian"
    codename = system.get("UBUNTU_CODENAME") or system.get("VERSION_CODENAME", "")
    releases = {codename, "stable", "oldstable", "testing", "unstable", "sid"}
    rows = [line.split() for line in sources.splitlines()]
    uris = [row[0] for row in rows if row[1] in releases and row[2] == "main"]
    if not uris:
        raise ServerError("The main archive of Debian or Ubuntu is not among the sources of apt.")
    # Archives of other projects use the same names of suites; the path tells them apart.
    uri = min(uris, key=lambda text: f"/{family}" not in text)
    keyring = KEYRINGS / f"{family}-archive-keyring.gpg"
    return Archive(
        uri=uri,
        suites=("sid",) if family == "debian" else (codename, f"{codename}-updates"),
        components=("main",) if family == "debian" else ("main", "universe"),
        keyring=str(keyring) if keyring.exists() else "",
    )


def os_release(text: str) -> dict[str, str]:
    """The fields of an os-release file."""
    pairs = (line.split("=", 1) for line in text.splitlines() if "=" in line)
    return {name: value.strip("\"'") for name, value in pairs}
