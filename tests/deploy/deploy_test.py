#!/usr/bin/env python3
"""deploy_test.py PREFIX: runs the workflow template against the program installed in PREFIX.

The scripts of the steps run as they are. What stands for the world outside: a folder for the host, an `ssh` that runs its
command there, `apt-get` and `systemctl` that write down what they were asked, and an API on 127.0.0.1 which wants the key.
"""
import hashlib
import http.server
import json
import os
import pathlib
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile
import threading
import unittest

from workflow import Workflow, executable

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "deploy/github-actions/deploy-connection.yml"
PREFIX = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
KEY = "k3y-0f-the-shop"


class Items(http.server.BaseHTTPRequestHandler):
    """{"items": [...]}, for those who have the key."""

    def do_GET(self):
        allowed = self.headers.get("Authorization") == f"Bearer {KEY}"
        self.server.asked.append(allowed)
        body = json.dumps({"items": [{"id": 1, "name": "one"}, {"id": 2, "name": "two"}]}).encode()
        self.send_response(200 if allowed else 401)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


MISSING = [name for name in ("curl", "ssh-agent", "ssh-keygen", "systemd-analyze") if shutil.which(name) is None]


@unittest.skipIf(MISSING, f"not here: {', '.join(MISSING)}")
class DeployTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self._folder.name)
        self.addCleanup(self._folder.cleanup)
        for name in ("bin", "runner", "host", "workspace", "home"):
            (self.folder / name).mkdir()
        self.path_file = self.folder / "runner/path"
        self.path_file.touch()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Items)
        self.server.asked = []
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.make_world()
        self.make_archive()
        self.make_repository()

    def make_world(self):
        """The commands that would reach outside."""
        told = self.folder / "told"
        told.touch()
        (self.folder / "host/bin").mkdir()
        os.symlink(PREFIX / "bin/tendril", self.folder / "host/bin/tendril")
        for name in ("apt-get", "systemctl"):
            executable(self.folder / "bin" / name, f'#!/bin/sh\necho {name} "$@" >>{told}\n')
        executable(self.folder / "bin/ssh",
                   f'#!/bin/sh\necho ssh "$@" >>{told}\nfor last in "$@"; do :; done\ncd {self.folder}/host\n'
                   f'HOME={self.folder}/host PATH={self.folder}/host/bin:$PATH TENDRIL_HOME={self.folder}/host/runs '
                   'exec sh -c "$last"\n')

    def make_archive(self):
        """As `./dev package` makes it, but with a link to the program, which is large here."""
        archive = self.folder / "tendril.tar.gz"
        with tarfile.open(archive, "w:gz") as file:
            file.add(PREFIX / "share", "tendril-0/share")
            link = tarfile.TarInfo("tendril-0/bin/tendril")
            link.type, link.linkname = tarfile.SYMTYPE, str(PREFIX / "bin/tendril")
            file.addfile(link)
        self.archive = archive

    def make_repository(self):
        self.repository = self.folder / "repository"
        subprocess.run([PREFIX / "bin/tendril", "init", self.repository, "--template", "manifest"], check=True,
                       stdout=subprocess.DEVNULL)
        os.remove(self.repository / "config.json")
        (self.repository / "files").mkdir()
        (self.repository / "files/leftover").touch()

    def runner(self):
        added = [line for line in self.path_file.read_text().splitlines() if line]
        path = [str(self.folder / "bin"), *reversed(added), "/usr/local/bin", "/usr/bin", "/bin"]
        return {"PATH": ":".join(path), "HOME": str(self.folder / "home"), "RUNNER_TEMP": str(self.folder / "runner"),
                "GITHUB_PATH": str(self.path_file), "TENDRIL_HOME": str(self.folder / "runs"), "LANG": "C.UTF-8"}

    def deploy(self, event="push", key=KEY, **changes):
        ssh_key = self.folder / "ssh-key"
        if not ssh_key.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ssh_key], check=True)
        secrets = {"SHOP_API_KEY": key, "DEPLOY_SSH_KEY": ssh_key.read_text(), "OTHER_PASSWORD": "not ours"}
        variables = {"TENDRIL_ARCHIVE": f"file://{self.archive}", "DEPLOY_HOST": "deployer@host",
                     "TENDRIL_ARCHIVE_SHA256": hashlib.sha256(self.archive.read_bytes()).hexdigest(),
                     "DEPLOY_KNOWN_HOSTS": "host ssh-ed25519 AAAA",
                     "SHOP_BASE_URL": f"http://127.0.0.1:{self.server.server_address[1]}", **changes}
        contexts = {"secrets": secrets, "vars": variables, "toJSON": lambda name: json.dumps(contexts[name]),
                    "github": {"event_name": event, "workspace": str(self.folder / "workspace"), "ref": "main"}}
        self.uses = []

        def checkout(action):
            self.uses.append(action)
            subprocess.run(["cp", "-R", f"{self.repository}/.", self.folder / "workspace"], check=True)

        return Workflow(TEMPLATE, contexts, self.runner).run(checkout)

    def told(self):
        return (self.folder / "told").read_text()

    def connection(self):
        return self.folder / "host/.local/share/tendril/connections/shop"

    def test_a_push_deploys_and_syncs(self):
        outputs, failed = self.deploy()

        self.assertIsNone(failed, outputs)
        self.assertEqual(self.uses, ["actions/checkout@v4"])
        self.assertNotIn(KEY, "".join(outputs.values()) + self.told())
        self.assertIn("api_key, base_url (secret: api_key)", outputs["Write the configuration"])
        configuration = self.connection() / "current/configuration.json"
        self.assertEqual(stat.S_IMODE(configuration.stat().st_mode), 0o600)
        self.assertEqual(json.loads(configuration.read_text())["api_key"], KEY)
        self.assertEqual(set(json.loads(configuration.read_text())), {"api_key", "base_url"})
        self.assertTrue((self.connection() / "data/shop.duckdb").exists())
        self.assertFalse((self.connection() / "current/connection/files").exists())
        self.assertIn("systemctl --user enable --now tendril-shop.timer", self.told())
        self.assertIn("libcurl4", self.told())
        self.assertFalse((self.folder / "runner/configuration.json").exists())
        units = self.folder / "host/.config/systemd/user"
        self.assertIn("OnCalendar=hourly", (units / "tendril-shop.timer").read_text())
        verified = subprocess.run(["systemd-analyze", "--user", "verify", units / "tendril-shop.service"], check=True,
                                  env={**os.environ, "XDG_RUNTIME_DIR": str(self.folder)}, capture_output=True, text=True)
        self.assertEqual(verified.stderr, "")

        # What the timer starts goes on from the first sync.
        again = subprocess.run([self.connection() / "current/sync"], check=False, capture_output=True, text=True,
                               env={**self.runner(), "HOME": str(self.folder / "host"),
                                    "TENDRIL_HOME": str(self.folder / "host/runs")})
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_a_pull_request_sees_no_secret(self):
        outputs, failed = self.deploy(event="pull_request")

        self.assertIsNone(failed, outputs)
        self.assertEqual(list(outputs), ["Install Tendril", "Check without secrets", "Forget the configuration"])
        self.assertEqual(self.server.asked, [])
        self.assertFalse(self.connection().exists())

    def test_a_wrong_key_deploys_nothing(self):
        outputs, failed = self.deploy(key="wrong")

        self.assertEqual(failed, "Check with them", outputs)
        self.assertNotIn("Deploy", outputs)
        self.assertFalse(self.connection().exists())

    def test_a_sync_that_fails_leaves_what_was_there(self):
        self.assertIsNone(self.deploy()[1])
        before = os.readlink(self.connection() / "current")
        os.remove(self.folder / "host/bin/tendril")
        executable(self.folder / "host/bin/tendril", "#!/bin/sh\necho 'error: the disk is full' >&2\nexit 1\n")

        outputs, failed = self.deploy()

        self.assertEqual(failed, "Deploy", outputs)
        self.assertIn("the disk is full", outputs["Deploy"])
        self.assertIn("what was there before goes on", outputs["Deploy"])
        self.assertEqual(os.readlink(self.connection() / "current"), before)
        self.assertEqual(self.told().splitlines()[-1], "systemctl --user start tendril-shop.timer")
        self.assertEqual(len(list(self.connection().glob("release-*"))), 1)

    def test_a_project_is_run_once_and_left_alone(self):
        project = self.folder / "project"
        subprocess.run([PREFIX / "bin/tendril", "init", project], check=True, stdout=subprocess.DEVNULL)
        (project / "requirements.txt").write_text("pip\n")  # Which every virtual environment has.
        done = subprocess.run([PREFIX / "share/tendril/deploy/check-connection", f"python:{project}",
                               project / "configuration.json"], check=False, capture_output=True, text=True,
                              env={**self.runner(), "PATH": f"{PREFIX}/bin:{os.environ['PATH']}"})

        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("SYNC SUCCEEDED", done.stdout)
        self.assertIn("/.venv/bin/python", done.stdout)
        self.assertEqual(sorted(os.listdir(project)), ["configuration.json", "connector.py", "requirements.txt"])

    def test_another_archive_is_not_installed(self):
        outputs, failed = self.deploy(TENDRIL_ARCHIVE_SHA256="0" * 64)

        self.assertEqual(failed, "Install Tendril", outputs)
        self.assertEqual(list(outputs), ["Install Tendril", "Forget the configuration"])


class WriteConfigurationTest(unittest.TestCase):
    def write(self, secrets, variables=None, base=None, service="shop"):
        with tempfile.TemporaryDirectory() as folder:
            output = pathlib.Path(folder) / "configuration.json"
            options = []
            if base is not None:
                (pathlib.Path(folder) / "base.json").write_text(json.dumps(base))
                options = ["--base", pathlib.Path(folder) / "base.json"]
            done = subprocess.run([ROOT / "deploy/scripts/write-configuration", "--service", service, "--output", output,
                                   *options], check=False, capture_output=True, text=True,
                                  env={**os.environ, "TENDRIL_SECRETS": json.dumps(secrets),
                                       "TENDRIL_VARIABLES": json.dumps(variables or {})})
            self.assertEqual(os.listdir(folder).count("configuration.json"), 1 if done.returncode == 0 else 0)
            written = json.loads(output.read_text()) if done.returncode == 0 else None
            return written, done.stderr

    def test_takes_what_the_service_has(self):
        written, _ = self.write({"SHOP_API_KEY": "a", "SHOPPING_KEY": "b", "shop_user": "c", "SHOP_EMPTY": ""},
                                {"SHOP_REGION": "eu"}, {"region": "us", "page": 7})
        self.assertEqual(written, {"api_key": "a", "user": "c", "region": "eu", "page": 7})

    def test_says_what_is_wrong(self):
        for arguments, problem in ((({},), "no secret or variable begins with SHOP_"),
                                   (({"SHOP_A": "1"}, {"SHOP_A": "2"}), "set the same key: a"),
                                   (({"SHOP_": "1"},), "must be SHOP_ and a key"),
                                   (([],), "TENDRIL_SECRETS must be one JSON object")):
            with self.subTest(problem=problem):
                self.assertIn(problem, self.write(*arguments)[1])
        self.assertIn("service must be letters", self.write({"X_A": "1"}, service="X")[1])


if __name__ == "__main__":
    if PREFIX is None:
        sys.exit("usage: deploy_test.py PREFIX")
    unittest.main()
