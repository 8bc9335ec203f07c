"""What people read on the terminal: names, what is still missing, and the next command."""

import case
from provider import Checks, PEOPLE, arguments

provider = arguments()
checks = Checks()


def text(*args, key=None, expect=0):
    """What the program prints for people: its output, and its error text after it."""
    process = provider.start(*args, key=key)
    out, err = process.communicate()
    checks.check(process.returncode == expect, f"{args}: exit {process.returncode}, not {expect}")
    return out.decode() + err.decode()


def says(what, found, *parts, never=()):
    missing = [part for part in parts if part not in found]
    present = [part for part in never if part in found]
    checks.check(not missing and not present, f"{what}: {missing} {present} in:\n{found}")


# The first roster: proposed, signed once, in force.
provider.run("init")
says("no roster", text("roster", "show"), "No roster is in force. Propose one: proviso roster")
(provider.work / "people").mkdir()
lines = ["quorum: 2", "people:"]
for person, roles in PEOPLE.items():
    public = provider.run("key", "new", provider.key_path(person), "--cost", "10")["key"]
    roles = ", ".join(roles)
    lines.append(
        f'  - {{id: {person}, name: {person.title()} Example, roles: [{roles}], key: "{public}"}}'
    )
roster = provider.write("roster.yaml", "\n".join(lines) + "\n")
none_yet = ("Propose one", "is in force.")
found = text("roster", "propose", roster, key="adam")
says("propose", found, "Roster version 1 is proposed, not in force: 0 signatures, 2 needed\n")
says("propose", found, "2 more of the people of this roster must sign it", never=none_yet)
says("propose", found, "proviso roster sign --key KEY")
found = text("roster", "sign", key="ben")
people = {row["id"]: row["person"] for row in provider.run("roster", "show")["proposed"]["people"]}
named = {person: f"{person.title()} Example ({people[person]})" for person in people}
says("first signature", found, f"1 signature, 2 needed: {named['ben']}\n1 more of", never=none_yet)
checks.check(found.count("IN THE LOG") == 1, f"the roster is printed once:\n{found}")
found = text("roster", "sign", key="ben", expect=1)
says("one person twice", found, f"`{named['ben']}` has signed already")
found = text("roster", "sign", key="cara")
says("quorum", found, "Roster version 1 is in force.", never=("proposed, not",))

# The next version is signed by the people of the one in force.
roster.write_text(roster.read_text().replace("roles: [liaison]", "roles: [liaison, auditor]"))
found = text("roster", "propose", roster, key="adam")
says("second version", found, "Roster version 1 is in force.\nRoster version 2 is proposed")
says("second version", found, "2 more of the people of the roster in force must sign it")
text("roster", "sign", key="ben")
says("shown", text("roster", "show"), f"1 signature, 2 needed: {named['ben']}\n1 more of the")

# A decision: signed by nobody, by one, and refused by name.
provider.import_examples(key="adam")
CASE, FINDING = case.open_case(provider)
decision = case.propose(provider, CASE, case.decision_text([FINDING]))
found = text("decision", "plan", decision, key="anna")
says("planned", found, "0 signatures, 2 needed\n", "LOSES")
found = text("decision", "sign", decision, key="ben")
says("signed", found, f"1 signature, 2 needed: {named['ben']}\n")
checks.check(found.count("Kept on:") == 1, f"the plan is printed once:\n{found}")
found = text("decision", "sign", decision, key="ben", expect=1)
says("one person signs once", found, f"{named['ben']}, who has")
found = text("decision", "adopt", decision, key="lea", expect=1)
says("no role for it", found, f"`{named['lea']}` does not have")
shown = provider.run("decision", "show", decision)
checks.check(shown["signed_by"] == [people["ben"]], "JSON keeps the pseudonym")
# Who acted, and whom the rules would let sign next.
meant = ("anna", "ben", "cara", "dora")
expected = {people[person]: f"{person.title()} Example" for person in meant}
checks.check(shown["names"] == expected, f"and names who it is: {shown['names']}")
says("log", text("log", "show", "--limit", "100"), named["anna"], named["ben"], "operator")
for path in (provider.data / "log").rglob("*"):
    held = path.read_bytes() if path.is_file() else b""
    checks.check(b"Ben Example" not in held, f"no name in {path}")

# Help: what applies here, and nothing about other commands. A slip is called by its name.
found = text("decision", "--help")
says("help of a group", found, "proviso decision COMMAND --help", never=("import usage",))
for command in (("decision", "sign"), ("case", "list"), ("import", "usage"), ("demo",)):
    found = text(*command, "--help")
    says(f"help of {command}", found, "Options of every command:", "--key", "--json", "-C,--data")
    says(f"help of {command}", found, "Examples:\n")
says("help", text("--help"), "--key", "Exit codes", never=("Options of every command",))
SLIPS = {
    ("nosuch",): "`nosuch` is no command of `proviso`; expected one of `init`",
    ("decison", "show", "x"): "`decison` is no command of `proviso`; did you mean `decision`?",
    ("decision", "sho", "x"): "`sho` is no command of `proviso decision`; did you mean `show`?",
    ("case", "show", "--nosuch"): "`--nosuch` is no option of `proviso case show`",
    ("case", "show", "case-1", "more"): "not expected: more",
    ("case",): "A subcommand is required",
    ("case", "show"): "CASE is required",
}
for arguments_, expected in SLIPS.items():
    says(f"{arguments_}", text(*arguments_, expect=2), expected)

checks.end()
