"""What metering's free text says is nowhere afterwards; what is confidential is not in the log."""

import base64
import datetime
import json
import re

import case
import focus_rows
from canaries import Canaries, example_seed, say, seed_of, spellings
from parquet_file import parquet, text_columns
from provider import Checks, PASSPHRASE, PEOPLE, arguments

provider = arguments()
checks = Checks()

# Free text, and whatever else no check needs.
DROPPED = """AvailabilityZone BillingAccountName BillingAccountType CapacityReservationId
CapacityReservationStatus ChargeDescription CommitmentDiscountCategory CommitmentDiscountId
CommitmentDiscountName CommitmentDiscountType CommitmentDiscountUnit InvoiceId InvoiceIssuerName
PricingCurrency ProviderName PublisherName RegionName ResourceId ResourceName ResourceType
SkuPriceDetails SkuPriceId SubAccountName SubAccountType Tags""".split()
# Columns of ours beside those of FOCUS.
OWN = ["x_Transcript", "x_CallerNumber"]
COLUMNS = focus_rows.COLUMNS + OWN
GOOD, DAY = 400, datetime.date(2026, 7, 15)
planted = Canaries(1)
refused = Canaries(2)


def row(number, what, canaries=planted, **bad):
    cells = {name: canaries.plant(f"{what}: {name}") for name in DROPPED + OWN}
    cells["Tags"] = json.dumps({"note": cells["Tags"], "line\nfeed": "x"}, ensure_ascii=False)
    day = DAY - datetime.timedelta(days=number % 5)
    return focus_rows.row(case.SUBSCRIPTIONS[number % 3], day, 1000 + number, **cells, **bad)


def bad_cells(name, prefix="", suffix=""):
    return {name: prefix + planted.plant(f"quarantined by {name}: {name}") + suffix}


def bad_rows():
    """Each is at fault in a column that is kept, by a text that should never have been there."""
    faults = [
        bad_cells(name)
        for name in (
            "ConsumedQuantity",
            "BilledCost",
            "EffectiveCost",
            "ListCost",
            "ContractedCost",
            "PricingQuantity",
            "ChargeCategory",
            "ChargeClass",
            "BillingPeriodStart",
            "ChargePeriodEnd",
            "CommitmentDiscountStatus",
        )
    ]
    faults += [
        bad_cells(name, suffix=" word" * 120) for name in ("SkuId", "RegionId", "ServiceName")
    ]
    faults += [
        bad_cells(name, prefix="\x07") for name in ("SkuMeter", "ConsumedUnit", "SubAccountId")
    ]
    return [row(number, "quarantined", **cells) for number, cells in enumerate(faults)]


def metering(month_shift):
    """Good rows, rows whose forgiven columns lose their text, and bad ones."""
    global DAY
    DAY = datetime.date(2026, 7 - month_shift, 15)
    good = [row(number, "good") for number in range(GOOD)]
    forgiven = [
        row(number, "forgiven", **{name: planted.plant(f"forgiven: {name}")})
        for number, name in enumerate(("ChargeFrequency", "PricingCategory"))
    ]
    unmapped = [
        row(number, "unmapped", ServiceName="Message Queue", SkuMeter="Messages")
        for number in range(5)
    ]
    return good + forgiven + unmapped, bad_rows()


def broken_lines():
    """Lines of a CSV file that are no records."""

    def text(what):
        return planted.plant(f"broken line: {what}")

    return (
        f"{text('too few')},{text('too few')}\n"
        + ",".join([text("too many")] * 90)
        + "\n"
        + f'x"{text("stray quote")}",{text("stray quote")}\n'
        + f'"{text("unterminated")}\n'
    )


outputs = []


def keep_saying(*args, key=None, expect=0):
    """Says it for people and for programs."""
    for form in ([], ["--json"]):
        code, said = say(provider, *args, *form, key=key)
        outputs.append((" ".join(map(str, [*args, *form])), said))
        checks.check(code == expect, f"{args}: exit {code}: {said[-500:].decode(errors='replace')}")


provider.run("init")
provider.import_examples()
provider.make_people()
CASE, FINDING = case.open_case(provider)
provider.run(
    "claim",
    "add",
    "--case",
    CASE,
    "--text",
    "Stores much",
    "--check",
    "usage(unit: example-signals-unit, class: object-storage) at 2026-07-15 >= 1 GB",
    key="anna",
)
provider.run(
    "claim",
    "add",
    "--case",
    CASE,
    "--text",
    "Grows",
    "--check",
    "growth(unit: example-signals-unit, class: object-storage) " "from 2026-06 to 2026-07 >= 2x",
    key="anna",
)

good, bad = metering(0)
delivered = provider.write("july.csv", focus_rows.csv_text(good + bad, COLUMNS) + broken_lines())
keep_saying("import", "usage", delivered)
quarantine = [path.read_text().splitlines() for path in (provider.data / "quarantine").iterdir()]
checks.check(
    len(quarantine) == 1 and len(quarantine[0]) == len(bad) + 4,
    f"all bad rows and lines are set aside, and no other: {quarantine}",
)
good, bad = metering(1)
columns = text_columns(good + bad, COLUMNS)
for name, _, cells in columns:
    if name == "Tags":
        cells[7] = b"RIFF\xff\xfbWAVE" + planted.plant("good: audio in Parquet").encode()
delivered = provider.write("june.parquet", "")
delivered.write_bytes(parquet(columns, len(good + bad)))
keep_saying("import", "usage", delivered)
# By way of the server that runs.
good, bad = metering(2)
delivered = provider.write("may.csv", focus_rows.csv_text(good + bad, COLUMNS))
provider.serve()
server, provider.server = provider.server, None
keep_saying("import", "usage", delivered)
keep_saying("usage", "rollup")
server.terminate()
outputs.append(("serve", b"\n".join(server.communicate(timeout=60))))
checks.check(len(provider.run("usage", "list")["rows"]) == 3, "all three files are here")

# Files that are refused: too much at fault, another encoding, NUL bytes, no header, a cut one.
sound = focus_rows.csv_text([row(number, "refused file", refused) for number in range(3)], COLUMNS)


def refuse(name, content):
    path = provider.work / name
    path.write_bytes(content)
    keep_saying("import", "usage", path, expect=1)


def said_by(what):
    return refused.plant(f"refused: {what}")


refuse(
    "many-bad.csv",
    focus_rows.csv_text(
        [
            row(number, "refused file", refused, ConsumedQuantity=said_by("quantity"))
            for number in range(40)
        ],
        COLUMNS,
    ).encode(),
)
refuse("latin-1.csv", (sound + f"\u00e9{said_by('Latin-1')}\n").encode("latin-1"))
refuse("nul.csv", (sound + f"\0{said_by('NUL')}\n").encode())
refuse("utf-16.csv", sound.encode("utf-16"))
refuse("no-header.csv", sound.partition("\n")[2].encode())
refuse("cut.csv", (said_by("cut header") + ',"').encode())
whole = [row(number, "refused file", refused) for number in range(3)]
for name in ("SkuId", "RegionId"):
    columns = text_columns(whole, COLUMNS)
    dict((column[0], column[2]) for column in columns)[name][1] = (
        b"RIFF\xff\xfb " + said_by(f"Parquet {name} that is not UTF-8").encode()
    )
    refuse(f"latin-1-{name}.parquet", parquet(columns, 3))
refuse("cut.parquet", parquet(text_columns(whole, COLUMNS), 3)[:-100])
refuse(
    "short.parquet",
    parquet([column for column in text_columns(whole, COLUMNS) if column[0] != "SkuId"], 3),
)

# Everything that reads metering.
keep_saying("case", "run", CASE, key="anna")
keep_saying("case", "show", CASE)
keep_saying("usage", "list")
keep_saying("usage", "unmapped")
keep_saying("usage", "rollup")
keep_saying("usage", "rollup", "--subscription", case.SUBSCRIPTIONS[0])
keep_saying("log", "show", "--limit", "10000")
for number, form in enumerate(([], ["--json"])):
    outputs.append(
        ("export", say(provider, "export", provider.work / f"export-{number}", *form)[1])
    )
unmapped = provider.run("usage", "unmapped")
checks.check("Messages" in json.dumps(unmapped), f"the unmapped meter is listed: {unmapped}")
shown = provider.run("case", "show", CASE)
checks.check('"result"' in json.dumps(shown), "the checks have run")

for what, said in outputs:
    for canaries in (planted, refused):
        found = canaries.found(said)
        checks.check(not found, f"`{what}` says what was planted in {found}")
for canaries in (planted, refused):
    for folder in ("data", "data.keys", "export-0", "export-1"):
        found = canaries.found_below(provider.work / folder)
        checks.check(not found, f"{folder} holds what was planted: {found}")
# Lake files are packed; their footers are not, and name each column that is kept.
lake = sorted((provider.data / "lake").glob("*.parquet"))
checks.check(len(lake) == 3, f"three files in the lake: {lake}")
for path in lake:
    content = path.read_bytes()
    checks.check(b"ConsumedQuantity" in content, f"{path.name}: the footer names its columns")
    named = [name for name in DROPPED + OWN if name.encode() in content]
    checks.check(not named, f"{path.name} has the columns {named}")
# The search itself finds what is there.
checks.check(
    len(planted.found((provider.work / "july.csv").read_bytes())) > 50,
    "the delivered file holds the canaries",
)
print(f"{len(planted.where) + len(refused.where)} canaries, {len(outputs)} outputs", flush=True)

# What is confidential: not in the public part of the log.
secrets = Canaries(3)


def text(what):
    return secrets.secret(f"Hidden words about the {what.lower()}", what)


second = provider.run("case", "open", "--title", text("Title"), key="anna")["id"]
claim = provider.run("claim", "add", "--case", second, "--text", text("Claim"), key="anna")["id"]
finding = provider.run(
    "finding",
    "record",
    "--case",
    second,
    "--claim",
    claim,
    "--outcome",
    "supported",
    "--reason",
    text("Finding's reason"),
    key="anna",
)["id"]
for subscription in case.SUBSCRIPTIONS:
    provider.run(
        "attribution",
        "record",
        "--case",
        second,
        "--subscription",
        subscription,
        "--unit",
        case.UNIT,
        "--class",
        "contract",
        "--reason",
        text("Attribution"),
        key="anna",
    )
decision_text = case.decision_text([finding])
for key in ("summary", "waived"):
    decision_text = re.sub(f"{key}: .*", f"{key}: {text(key)}", decision_text)
checks.check("Hidden words about the waived" in decision_text, "the decision file has the secrets")
decision = case.propose(provider, second, decision_text)
case.plan_and_sign(provider, decision)
case.adopt(provider, decision)
_, statement = say(provider, "decision", "statement", decision)
sentences = {line.strip() for line in statement.decode().splitlines() if len(line.strip()) >= 20}
checks.check(len(sentences) > 5, f"the statement has sentences: {sentences}")
for sentence in sentences:
    secrets.secret(sentence, "Statement")
case.lift(provider, decision, reason=text("Lift"))
again = case.propose(provider, second, decision_text, "again.yaml")
case.plan_and_sign(provider, again)
case.adopt(provider, again)
provider.run("decision", "lift", again, "--emergency", "--reason", text("Emergency"), key="eva")
provider.run(
    *["decision", "review", again, "--outcome", "confirmed", "--reason", text("Review")], key="ben"
)
provider.run("case", "close", second, "--reason", text("Closing"), key="anna")
for person in PEOPLE:
    secrets.secret(f"{person.title()} Example", "Name in the roster")
    secrets.secret(f'"{person}"', "Id in the roster")
state = json.loads((provider.work / "export-0" / "state" / "customers.json").read_text())
for customer in state["customers"]:
    secrets.secret(customer["name"], "Customer's name")
    secrets.secret(customer["id"], "Customer's id")
    for unit in customer.get("units", []):
        secrets.secret(unit["name"], "Unit's name")
        secrets.secret(unit["id"], "Unit's id")
    for subscription in customer.get("subscriptions", []):
        secrets.secret(subscription["id"], "Subscription")
for name in ("july.csv", "june.parquet"):
    secrets.secret(name, "Delivered file's name")
found = secrets.found_below(provider.data / "log")
checks.check(not found, f"the log says {found}")
checks.check(not secrets.found_below(provider.data / "quarantine"), "quarantine says a secret")
exported = provider.work / "export-2"
provider.run("export", exported)
found = secrets.found_below(exported / "log")
checks.check(not found, f"the exported log says {found}")
state = secrets.found_below(exported / "state").values()
everywhere = {place for places in state for place in places}
checks.check(
    {"Claim", "summary", "Customer's name"} <= everywhere,
    f"the state, which is confidential, has them: {everywhere}",
)

# Passphrases and private keys: nowhere in the data, nor in what was exported or said.
checks.check(example_seed(provider.source) == bytes(range(32)), "the documented key file opens")
keys = {
    person: seed_of(json.loads(provider.key_path(person).read_text()), PASSPHRASE)
    for person in PEOPLE
}
log_key = json.loads((provider.work / "data.keys" / "log.key").read_text())
keys["the log"] = base64.b64decode(log_key["seed"])
for folder in ("data", "export-2"):
    for path in sorted((provider.work / folder).rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        for owner, seed in keys.items():
            checks.check(
                not any(spelling in content for spelling in spellings(seed)),
                f"{folder}/{path.name} holds the private key of {owner}",
            )
        checks.check(PASSPHRASE.encode() not in content, f"{folder}/{path.name}: the passphrase")
for what, said in outputs:
    checks.check(PASSPHRASE.encode() not in said, f"`{what}` says the passphrase")
# A key file that cannot be read is not quoted: its seed is the log's private key.
path = provider.work / "data.keys" / "log.key"
whole = path.read_text()
seed = log_key["seed"]
begin = whole.index(seed)
damaged = {
    "cut off": whole[: begin + 43],
    "with a control character": whole[: begin + 30] + "\x01" + whole[begin + 31 :],
    "without quotes": whole.replace(f'"{seed}"', seed),
    "with a letter that is not base64": whole.replace(seed, "!" + seed[1:]),
    "with a seed that is too short": whole.replace(seed, seed[:40]),
    "with another's seed": whole.replace(seed, base64.b64encode(keys["anna"]).decode()),
    "with the seed as a member": whole.replace('"seed"', f'"{seed}": 1, "{seed}"'),
}
anna = base64.b64encode(keys["anna"]).decode()
for what, content in damaged.items():
    path.write_text(content)
    code, said = say(provider, "usage", "list")
    quoted = [
        one[at : at + 8]
        for one in (seed, anna)
        for at in range(len(one) - 8)
        if one[at : at + 8].encode() in said
    ]
    checks.check(code != 0, f"a key file {what} is taken")
    checks.check(
        not quoted, f"the refusal of a key file {what} quotes {len(quoted)} parts of its seed"
    )
path.write_text(whole)
checks.check(provider.run("log", "verify")["ok"], "the log verifies")
checks.end()
