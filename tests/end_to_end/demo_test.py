"""The demo tells the whole story: all of it is in the log, in the case, and on the page."""

import json
import os
import subprocess
import tempfile
import time

from provider import Checks, arguments

OUTCOMES = {
    "supported",
    "partly_supported",
    "not_supported",
    "contradicted",
    "undeterminable",
    "records_missing",
}
EVENTS = {
    "report.received": 9,
    "report.joined": 8,
    "case.opened": 1,
    "case.closed": 1,
    "case.reopened": 1,
    "source.registered": 2,
    "records.imported": 2,
    "claim.added": 9,
    "finding.recorded": 9,
    "attribution.recorded": 3,
    "step.agreed": 1,
    "step.recorded": 1,
    "hearing.opened": 1,
    "hearing.answered": 1,
    "hearing.acknowledged": 1,
    "decision.adopted": 4,
    "decision.withdrawn": 2,
    "decision.signed": 8,
    "statement.issued": 4,
    "notice.issued": 4,
    "update.scheduled": 1,
    "appeal.filed": 1,
    "appeal.decided": 1,
    "cessation.checked": 1,
}

provider = arguments()
checks = Checks()
environment = {key: value for key, value in os.environ.items() if not key.startswith("PROVISO_")}


def proviso(*args):
    ran = subprocess.run(
        [provider.binary, *args], capture_output=True, text=True, env=environment, check=False
    )
    if ran.returncode != 0:
        print(f"proviso {' '.join(map(str, args))}: {ran.stderr}")
    return ran


# nginx, when it is started by root, runs as nobody, and must be let in.
with tempfile.TemporaryDirectory(prefix="proviso-demo-test-") as above:
    os.chmod(above, 0o755)
    folder = os.path.join(above, "demo")
    begin = time.monotonic()
    told = proviso("demo", "--json", "--dir", folder, "--examples", provider.source / "examples")
    seconds = time.monotonic() - begin
    summary = json.loads(told.stdout)
    failed = [step["name"] for step in summary["steps"] if not step["ok"]]
    checks.check(summary["ok"] and not failed, f"every step holds: {failed}")
    checks.check(seconds < 120, f"in under two minutes: {seconds:.0f} s")

    data = os.path.join(folder, "data")
    entries = json.loads(proviso("-C", data, "log", "show", "--json").stdout)["entries"]
    for kind, count in EVENTS.items():
        found = sum(entry["type"] == kind for entry in entries)
        checks.check(found == count, f"{kind}: expected {count} in the log, found {found}")
    kinds = [e["data"]["kind"] for e in entries if e["type"] == "decision.proposed"]
    checks.check(set(kinds) == {"interim", "final", "lift"}, f"kinds of decisions: {kinds}")

    case = json.loads(proviso("-C", data, "case", "show", "case-1", "--json").stdout)
    outcomes = {claim["finding"]["outcome"] for claim in case["claims"]}
    checks.check(outcomes == OUTCOMES, f"all six outcomes: {outcomes}")
    denials = [claim for claim in case["claims"] if claim["denial"]]
    checks.check(len(denials) == 2, f"two denials: {len(denials)}")
    sourced = [claim["id"] for claim in case["claims"] if claim["source"]]
    checks.check(len(sourced) >= 3, f"claims with their place in a report: {sourced}")
    for claim in case["claims"]:
        for check in claim["checks"]:
            checks.check(check["result"] is not None, f"{claim['id']}: {check['check']} was run")
    checks.check(case["reopened"][0]["had_ended"] == "No evidence to date.", "reopened")
    checks.check([s["status"] for s in case["steps"]] == ["missed"], "the step was missed")
    checks.check([h["status"] for h in case["hearing"]] == ["acknowledged"], "the hearing")
    appeal = case["appeals"][0]
    checks.check(appeal["outcome"] == "reversed" and appeal["lift"], "the appeal was won")
    lift = next(d for d in case["decisions"] if d["id"] == appeal["lift"])
    checks.check(lift["status"] == "adopted", "the lift was adopted")
    checks.check(lift["signature_count"] == 2, "the lift was signed by two")
    lifted = next(d for d in case["decisions"] if d["id"] == lift["lifts"])
    checks.check(lifted["status"] == "lifted", "what was won is lifted")
    in_force = [d["id"] for d in case["decisions"] if d["in_force"]]
    checks.check(len(in_force) == 2, f"the others stay in force: {in_force}")
    checks.check(case["cessation"][0]["ok"], "use has ceased")
    against = [c["id"] for c in case["claims"] if c["finding"]["against_draft"]]
    checks.check(len(against) == 2, f"two findings say why they depart from drafts: {against}")
    pending = [d["id"] for d in case["decisions"] if d["status"] in ("proposed", "planned")]
    checks.check(not pending, f"no proposal is left pending: {pending}")

    reports = json.loads(proviso("-C", data, "report", "list", "--json").stdout)
    checks.check(reports["received"] == 9, "nine reports count")
    main = next(s for s in reports["stories"] if "report-2" in s["reports"])
    checks.check(
        any(e["by"] == "report-3" and e["of"] == "report-2" for e in main["echoes"]), "the echo"
    )
    checks.check(
        all(
            "report-7" not in s["reports"] or s["reports"] == ["report-7"]
            for s in reports["stories"]
        ),
        "another event of the same customer is a story of its own",
    )

    page = open(summary["page"], encoding="utf-8").read()
    for claim in case["claims"]:
        checks.check(claim["id"] in page, f"{claim['id']} is on the page")
    for part in ["decision-2", "decision-4", "decision-5", "appeal-1", "hearing-1", "step-1"]:
        checks.check(part in page, f"{part} is on the page")
    checks.check("<script" not in page, "the page has no script")
    checks.check('src="http' not in page and "@import" not in page, "and loads nothing")
    plots = page.count("<svg")
    checks.check(plots >= 10, f"a plot for each check with a series: {plots}")

    verified = proviso("-C", data, "log", "verify", "--json")
    checks.check(json.loads(verified.stdout)["ok"], "the log verifies")
checks.end()
