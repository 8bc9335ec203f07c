"""opa.py BINARY SOURCE WORK NODE_FOLDER OPA: the npm client of Open Policy Agent asks a listener.

OPA is the program of that name, which is then asked too, behind ours (opa_upstream.py). Where it
is not there, that is skipped.
"""

import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(sys.argv[2]) / "tests" / "end_to_end"))
import case  # noqa: E402
import opa_upstream  # noqa: E402
from provider import Checks, arguments  # noqa: E402

# The listener for programs of one's own, as the guide has it, on a port that is free.
GUIDE = (pathlib.Path(sys.argv[2]) / "docs/guides/opa.md").read_text()
SERVE = GUIDE.split("## Your own program")[1].split("```yaml\n")[1].split("```")[0]
SERVE = re.sub(r"address: \S+", "address: 127.0.0.1:0", SERVE)

node = pathlib.Path(sys.argv[4]).resolve()
opa = pathlib.Path(sys.argv[5]).resolve()
provider = arguments()
checks = Checks()
provider.run("init")
provider.import_examples()
provider.make_people()
CASE, FINDING = case.open_case(provider)
provider.serve(provider.write("serve.yaml", SERVE))


def ask(subscription):
    out = subprocess.run(
        ["node", node / "client.mjs", str(provider.ports["ports"][0]), subscription],
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(out.stdout)


def expect(phase, said, write):
    for name, expected in {
        "read": True,
        "write": write,
        "mapped": True,
        "nobody": False,
        "without_input": False,
        "batch": {"read": True, "write": write},
        "elsewhere": "none",
    }.items():
        if name == "elsewhere":
            checks.check(said[name] != expected, f"{phase}: a path of nobody's is an error")
        else:
            checks.check(said[name] == expected, f"{phase}: {name} is {said[name]}")
    checks.check(said["detail"]["allow"] == write, f"{phase}: {said['detail']}")


decision = case.propose(provider, CASE, case.decision_text([FINDING], stage="read-only"))
planned = case.plan_and_sign(provider, decision)
targets = [t for r in planned["plan"]["restrictions"] for t in r["targets"]]
subscription = next(
    t["subscription"] for t in targets if (t["service"], t["region"]) == ("blob-store", "nl-1")
)
expect("before", ask(subscription), True)
case.adopt(provider, decision)
denied = ask(subscription)
expect("restricted", denied, False)
checks.check(denied["detail"]["code"] == "restricted", "the object says why")
checks.check(denied["detail"]["status_code"] == 403, "and which status to answer with")
expect("another customer", ask("sub-of-nobody"), True)
provider.stop()
if opa.exists():
    opa_upstream.check_upstream(provider, checks, opa, subscription)
    checks.end()
print(f"{checks.passed} passed, {checks.failed} failed, 1 skipped", flush=True)
sys.exit(1 if checks.failed else 0)
