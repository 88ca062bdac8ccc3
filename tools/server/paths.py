"""Where the files of development servers live: everything is under `.mysql/` of the checkout."""

import shutil
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
HOME = CHECKOUT / ".mysql"


def home() -> Path:
    """The folder of everything this package keeps, made if it is not there."""
    HOME.mkdir(exist_ok=True)
    return HOME


def fresh_folder(name: str) -> Path:
    """An empty folder `name.*` to build something in, which is then renamed.

    What a killed process left of such folders is removed, so call it only under the lock that
    belongs to `name`.
    """
    for left in home().glob(f"{name}.*"):
        shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=f"{name}.", dir=home()))
