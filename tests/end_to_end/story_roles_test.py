"""Every act by every role, as docs/formats/acts.md says: who lacks the roles is refused for it,
and who has one is not."""

import re

import case
from provider import Checks, arguments
from story_parts import ARTICLE, PEOPLE, Watch, add_report, adopted, begin, day

provider = arguments()
checks = Checks()
ROLES = ["administrator", "auditor", "decider", "enforcer", "intake", "liaison", "reviewer"]


def table():
    """Acts and roles, as the document has them."""
    text = (provider.source / "docs/formats/acts.md").read_text()
    text = text[text.index("## Who may do what") :]
    rows = re.findall(r"^\| `([^`]+)` \| (?:yes|no) \| ([^|]+) \|$", text, re.M)
    checks.check(len(rows) > 30, f"the document lists the acts: {len(rows)}")
    return {act: roles.strip().split(", ") for act, roles in rows}


def set_up():
    """Everything that an act of the table could be about; ids by name."""
    case_id, finding = case.open_case(provider)
    of = {"case": case_id, "finding": finding}
    of["report"] = add_report(provider, "article.txt", ARTICLE)
    of["loose"] = add_report(provider, "loose.txt", ARTICLE.replace("Title: Unit", "Title: A unit"))
    provider.run("report", "join", of["report"], "--case", case_id, key="anna")
    of["other"] = provider.run("case", "open", "--title", "Other", key="anna")["id"]
    of["closed"] = provider.run("case", "open", "--title", "Closed", key="anna")["id"]
    provider.run("case", "close", of["closed"], "--reason", "x", key="anna")
    of["claim"] = provider.run("claim", "add", "--case", case_id, "--text", "x", key="anna")["id"]
    step = ["step", "agree", "--case", case_id, "--text", "x", "--due", day(3)]
    of["step"] = provider.run(*step, key="lea")["id"]
    register = ["records", "register", "contracts", "--class", "contract", "--owner", "x"]
    provider.run(*register, "--purpose", "x", key="adam")
    of["contracts"] = provider.source / "examples/contracts.csv"
    of["text"] = provider.write("text.txt", "A text.\n")
    of["force"], code = adopted(provider, case_id, finding)
    of["appeal"] = provider.run("appeal", "file", of["text"], "--code", code)["id"]
    text = case.decision_text([finding], regions="ie-1")
    of["signable"] = case.propose(provider, case_id, text)
    provider.run("decision", "plan", of["signable"], key="anna")
    of["ready"] = case.propose(provider, case_id, text, "ready.yaml")
    case.plan_and_sign(provider, of["ready"])
    provider.run("decision", "statement", of["ready"], "--issue", key="lea")
    of["heard"] = case.propose(provider, case_id, text, "heard.yaml")
    provider.run("decision", "plan", of["heard"], key="anna")
    of["hearing"] = provider.run("hearing", "open", of["heard"], "--until", day(3), key="lea")["id"]
    answered = case.propose(provider, case_id, text, "answered.yaml")
    provider.run("decision", "plan", answered, key="anna")
    of["answered"] = provider.run("hearing", "open", answered, "--until", day(3), key="lea")["id"]
    provider.run("hearing", "answer", of["text"], "--hearing", of["answered"], key="lea")
    of["file"] = provider.work / "heard.yaml"
    of["spare"] = case.propose(provider, case_id, text, "spare.yaml")
    entries = provider.run("log", "show", "--limit", "10000")["entries"]
    added = [entry["index"] for entry in entries if entry["type"] == "claim.added"]
    of["part"], of["erasable"] = added[-1], added[-2]
    words = ["--part", "details", "--basis", "mistake", "--reason", "x"]
    of["erasure"] = provider.run("erasure", "propose", of["erasable"], *words, key="anna")["id"]
    of["forgettable"] = provider.work / "keys-apart"
    provider.run("backup", provider.work / "backup", "--keys", of["forgettable"])
    (of["forgettable"] / "part.keys").unlink()
    return of


def commands(of):
    """For each act the words that do it."""
    within = ["--case", of["case"]]
    examples = provider.source / "examples"
    return {
        "case open": ["case", "open", "--title", "x"],
        "claim add": ["claim", "add", *within, "--text", "x"],
        "case run": ["case", "run", of["case"]],
        "finding record": ["finding", "record", *within, "--claim", of["claim"], "--outcome"]
        + ["supported", "--reason", "x"],
        "attribution record": ["attribution", "record", *within, "--subscription"]
        + ["sub-em-website-08", "--unit", case.UNIT, "--class", "public", "--reason", "x"],
        "case close": ["case", "close", of["other"], "--reason", "x"],
        "decision propose": ["decision", "propose", *within, of["file"]],
        "decision plan": ["decision", "plan", of["signable"]],
        "decision withdraw": ["decision", "withdraw", of["spare"], "--reason", "x"],
        "decision sign": ["decision", "sign", of["signable"]],
        "decision adopt": ["decision", "adopt", of["ready"]],
        "statement issue": ["decision", "statement", of["ready"], "--issue"],
        "decision lift": ["decision", "lift", of["force"], "--reason", "x"],
        "decision lift emergency": [
            "decision",
            "lift",
            of["force"],
            "--emergency",
            "--reason",
            "x",
        ],
        "decision review": ["decision", "review", of["force"], "--outcome", "confirmed"]
        + ["--reason", "x"],
        "import catalogue": ["import", "catalogue", examples / "catalogue.yaml"],
        "import customers": ["import", "customers", examples / "customers.yaml"],
        "import terms": ["import", "terms", examples / "terms.yaml"],
        "roster propose": ["roster", "propose", provider.work / "roster.yaml"],
        "report add": ["report", "add", of["text"]],
        "report join": ["report", "join", of["loose"], *within],
        "report show": ["report", "show", of["report"], *within, "--purpose", "audit"],
        "hearing show": ["hearing", "show", of["hearing"]],
        "appeal show": ["appeal", "show", of["appeal"]],
        "claim edit": ["claim", "edit", of["claim"], *within, "--text", "y", "--reason", "x"],
        "claim drop": ["claim", "drop", of["claim"], *within, "--reason", "x"],
        "case reopen": ["case", "reopen", of["closed"], "--class", "public", "--reason", "x"],
        "case link": ["case", "link", of["case"], "--to", of["other"], "--reason", "x"],
        "conflict declare": ["conflict", "declare", "--case", of["other"], "--reason", "x"],
        "step agree": ["step", "agree", *within, "--text", "x", "--due", day(3)],
        "step record": ["step", "record", of["step"], *within, "--outcome", "met"]
        + ["--reason", "x"],
        "hearing open": ["hearing", "open", of["signable"], "--until", day(3)],
        "hearing answer": ["hearing", "answer", of["text"], "--hearing", of["hearing"]],
        "hearing acknowledge": ["hearing", "acknowledge", of["answered"]],
        "code renew": ["code", "renew", of["hearing"]],
        "notice issue": ["notice", "issue", "public", "--decision", of["force"]],
        "update schedule": ["update", "schedule", *within, "--audience", "staff", "--due", day(3)],
        "appeal decide": ["appeal", "decide", of["appeal"], "--outcome", "upheld"]
        + ["--reason", "x"],
        "records register": ["records", "register", "invoices", "--class", "billing"]
        + ["--owner", "x", "--purpose", "x"],
        "records import": ["records", "import", "contracts", of["contracts"]],
        "records read": ["records", "read", "contracts", *within, "--purpose", "audit"]
        + ["--customer", "ba-example-ministry"],
        "erasure propose": ["erasure", "propose", of["part"], "--part", "details"]
        + ["--basis", "mistake", "--reason", "x"],
        "erasure approve": ["erasure", "approve", of["erasure"]],
        "erasure forget": ["erasure", "forget", of["forgettable"], "--reason", "x"],
        "erasure withdraw": ["erasure", "withdraw", of["erasure"], "--reason", "x"],
        "part disclose": ["log", "open", of["part"], "--part", "details", "--to", "x"]
        + ["--purpose", "audit", "--out", provider.work / "part.addendum"],
        "cessation": ["cessation", of["force"]],
    }


begin(provider, dict(PEOPLE, **{f"only-{role}": [role] for role in ROLES}))
ACTS = table()
COMMANDS = commands(set_up())
watch = Watch(provider, checks)
# Anybody whom the roster names may sign the next one; the words of that are people_rules_test.py's.
del ACTS["roster sign"]


def help_of(*words):
    process = provider.start(*words, "--help")
    return process.communicate(b"")[0].decode()


def help_says_the_roles():
    """The help of each command says who may do its act, and no other roles."""
    order = ["intake", "reviewer", "decider", "enforcer", "liaison", "auditor", "administrator"]
    for act, words in COMMANDS.items():
        command = words[:1] if act == "cessation" else words[:2]
        text = help_of(*command)
        expected = ", ".join(role for role in order if role in ACTS[act])
        line = f"Roles for `{act}`: {expected}\n"
        checks.check(line in text, f"{command} --help says `{line.strip()}`:\n{text}")
    text = help_of("roster", "sign")
    checks.check("Roles for `roster sign`: anybody in the roster" in text, text)
    text = help_of("case")
    for example in ("proviso case open --title", "proviso case show case-1", "--outcome"):
        of_group = example != "--outcome"
        checks.check((example in text) == of_group, f"case --help has its own examples:\n{text}")


help_says_the_roles()
checks.check(set(ACTS) == set(COMMANDS), f"acts and commands: {set(ACTS) ^ set(COMMANDS)}")
LACKS = "does not have"
watch.look()
for act, roles in ACTS.items():
    for role in sorted(set(ROLES) - set(roles)):
        process = provider.start(*COMMANDS[act], key=f"only-{role}")
        _, error = process.communicate(b"")
        checks.check(process.returncode == 1, f"{act} by {role}: exit {process.returncode}")
        checks.refused(f"{act} by {role}", error.decode(), LACKS, *roles)
watch.is_unchanged("all that")
for act, roles in ACTS.items():
    for role in roles:
        process = provider.start(*COMMANDS[act], key=f"only-{role}")
        _, error = process.communicate(b"")
        checks.check(LACKS not in error.decode(), f"{act} is the {role}'s too: {error.decode()}")
checks.check(provider.run("log", "verify")["ok"], "the log verifies")
checks.end()
