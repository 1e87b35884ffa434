"""Runs the steps of a workflow file as a CI system would: their scripts in bash, with their environment."""
import os
import re
import subprocess

import yaml

EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


class Workflow:
    """`contexts` are functions of names to texts, such as secrets; `call` is told of each step that ran."""

    def __init__(self, path, contexts, runner):
        with open(path, encoding="utf-8") as file:
            self.document = yaml.safe_load(file)
        self.contexts = contexts
        self.runner = runner

    def steps(self):
        (job,) = self.document["jobs"].values()
        return job["steps"]

    def value(self, expression):
        """Of the few kinds of expressions that the file has."""
        if expression.startswith("toJSON("):
            return self.contexts["toJSON"](expression[len("toJSON("):-1])
        if expression == "always()":
            return True
        if " == " in expression:
            left, right = expression.split(" == ")
            return self.value(left) == right.strip("'")
        context, name = expression.split(".", 1)
        return self.contexts[context][name]

    def text(self, template):
        return EXPRESSION.sub(lambda found: self.value(found[1]), str(template))

    def run(self, uses):
        """Runs all steps whose condition holds; `uses` carries out those that are not scripts. Returns their outputs."""
        outputs, failed = {}, None
        base = {name: self.text(value) for name, value in self.document["env"].items()}
        for step in self.steps():
            if failed and step.get("if") != "always()" or not self.value(step.get("if", "always()")):
                continue
            if "uses" in step:
                uses(step["uses"])
                continue
            assert step["shell"] == "bash"
            additions = {name: self.text(value) for name, value in step.get("env", {}).items()}
            done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
                                  env={**self.runner(), **base, **additions}, cwd=self.contexts["github"]["workspace"],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
            outputs[step["name"]] = done.stdout
            if done.returncode != 0:
                failed = failed or step["name"]
        return outputs, failed


def executable(path, text):
    path.write_text(text, encoding="utf-8")
    os.chmod(path, 0o755)
