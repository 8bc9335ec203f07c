"""The commands of the README's own provider and of the first case run as they are written."""

import os
import re
import shutil
import subprocess

from provider import Checks, arguments

provider = arguments()
checks = Checks()
SHELL = re.compile(r"^```sh\n(.*?)^```", re.M | re.S)


def blocks(path, heading=""):
    text = (provider.source / path).read_text()
    return SHELL.findall(text[text.index(heading) :])


readme = blocks("README.md", "## A provider of your own")
guide = blocks("docs/guides/first-case.md")
checks.check(len(readme) == 3 and len(guide) == 4, "the blocks of both texts are found")

# The project's folder as a user has it after ./run build.
project = provider.work / "project"
(project / "build/release").mkdir(parents=True)
(project / "build/release/proviso").symlink_to(provider.binary)
shutil.copytree(provider.source / "examples", project / "examples")
environment = {key: value for key, value in os.environ.items() if not key.startswith("PROVISO_")}
# What is exported holds in other folders too.
elsewhere = "cd / && proviso case close case-1 --reason 'All done.'\n"
script = "set -eu\n" + "\necho '== next block'\n".join(readme + guide + [elsewhere])
ran = subprocess.run(
    ["sh", "-c", script], cwd=project, env=environment, capture_output=True, text=True
)
checks.check(ran.returncode == 0, f"exit {ran.returncode}: {ran.stdout[-2000:]}{ran.stderr}")
parts = ran.stdout.split("== next block\n")
checks.check(len(parts) == 8, "every block ran")
verdicts = [
    line.split(":")[0].split(" ")[0]
    for line in parts[5].splitlines()
    if line.startswith(("deny", "allow"))
]
checks.check(verdicts == ["deny", "allow", "allow"], f"as the guide says: {verdicts}")
checks.check("supported" in parts[3], "the claims are supported")
checks.check("\nallow (table" in parts[6], "lifted")
checks.check("the log holds" in parts[6], "the log verifies")
checks.end()
