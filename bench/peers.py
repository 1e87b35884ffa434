"""The other programs that benchmarks compare with, in a git-ignored virtual environment."""
import subprocess
import sys

from children import ROOT, BenchError, note

VENV = ROOT / "bench/.venv"
PYTHON = VENV / "bin/python"
PEERS = ["airbyte-cdk==7.39.1", "dlt[duckdb]==1.31.0"]


def ensure_peers():
    """Installs the peers, once."""
    stamp = VENV / "peers.txt"
    wanted = "\n".join(PEERS)
    if stamp.exists() and stamp.read_text().strip() == wanted:
        return
    note("installing " + ", ".join(PEERS))
    for command in ([sys.executable, "-m", "venv", VENV],
                    [VENV / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *PEERS]):
        if subprocess.run(command, stdout=sys.stderr).returncode != 0:
            raise BenchError("the peers can not be installed (they need python3-venv and PyPI)")
    stamp.write_text(wanted)
