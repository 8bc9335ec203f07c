"""Where backups, their keys and restored directories may lie; erasures reach every place, or name
it; one history; what did not happen is not in the log."""

import json
import os
import shutil
import sqlite3

import case
from provider import Checks, arguments
from story_parts import PEOPLE, begin

provider = arguments()
checks = Checks()
run = provider.run
WORK, DATA = provider.work, provider.data
FOLDER, KEYS = WORK / "backup", WORK / "keys-apart"
PLACES = DATA / "backup-places.json"


def backup(folder=FOLDER, keys=KEYS, expect=0):
    return run("backup", folder, "--keys", keys, expect=expect)


def of(data, *args, key=None, expect=0):
    """Runs a command on another data directory."""
    provider.data = data
    try:
        return run(*args, key=key, expect=expect)
    finally:
        provider.data = DATA


def size(data=DATA):
    return of(data, "log", "show", "--limit", "1")["size"]


def last_of(kind, data=DATA):
    entries = of(data, "log", "show", "--limit", "10000")["entries"]
    return [entry["index"] for entry in entries if entry["type"] == kind][-1]


def open_case(title, data=DATA):
    of(data, "case", "open", "--title", title, key="anna")
    return last_of("case.opened", data)


def erase(entry, data=DATA):
    words = ["--part", "details", "--basis", "mistake", "--reason", "No."]
    proposed = of(data, "erasure", "propose", entry, *words, key="anna")["id"]
    return of(data, "erasure", "approve", proposed, key="ben")


def secret_of(data, entry):
    database = sqlite3.connect(f"file:{data}/proviso.db?mode=ro", uri=True)
    query = "SELECT secret FROM log_addendum_key WHERE position = ? AND name = 'details'"
    row = database.execute(query, (entry,)).fetchone()
    database.close()
    return row and bytes(row[0])


def places(data=DATA):
    path = data / "backup-places.json"
    if not path.exists():
        return []
    return [place["folder"] for place in json.loads(path.read_text())["places"]]


def a_restored_directory_knows_its_keys():
    telephone = open_case("Call Marta Placeholder, 555 0100")
    backup()
    secret = secret_of(DATA, telephone)
    checks.check(secret in (KEYS / "part.keys").read_bytes(), "its key lies apart")
    restored = WORK / "restored"
    words = ["--keys", KEYS, "--to", restored, "--published", DATA / "log"]
    run("restore", FOLDER, *words)
    checks.check(places(restored) == [str(KEYS)], f"restored: {places(restored)}")
    answer = erase(telephone, restored)
    checks.check(answer["unreached"] == [], f"reached: {answer}")
    checks.check(secret not in (KEYS / "part.keys").read_bytes(), "gone there too")
    # A restored directory does not throw away keys that it has no part for.
    later = open_case("Later")
    fresh = WORK / "fresh-keys"
    backup(WORK / "fresh", fresh)
    secret = secret_of(DATA, later)
    drill = WORK / "drill"
    words = ["--keys", fresh, "--to", drill, "--published", DATA / "log"]
    before = WORK / "before-later"
    shutil.copytree(FOLDER, before)
    run("restore", before, *words)
    checks.check(secret_of(drill, later) is None, "the drill has no part of the later entry")
    drop = last_of("case.opened", drill) - 1
    answer = erase(telephone, drill)
    checks.check(secret in (fresh / "part.keys").read_bytes(), f"a key is dropped: {answer} {drop}")
    for path in (restored, drill, before, WORK / "fresh", fresh):
        shutil.rmtree(path)


def a_lost_list_of_places_is_said():
    number = open_case("A number, 555 0101")
    keys = WORK / "other-keys"
    backup(WORK / "other", keys)
    PLACES.unlink()
    secret = secret_of(DATA, number)
    answer = erase(number)
    checks.check(secret in (keys / "part.keys").read_bytes(), "nobody knows of that place")
    checks.check("backup" in json.dumps(answer["unreached"]), f"it is said: {answer}")
    process = provider.start("erasure", "list")
    out, _ = process.communicate()
    checks.check(b"not reached" in out, f"and said again: {out.decode()}")
    answer = backup(WORK / "other", keys)
    checks.check(answer["unreached"] == [], f"until the place is named: {answer}")
    checks.check(secret not in (keys / "part.keys").read_bytes(), "and the key is gone")
    checks.check(run("erasure", "list")["unreached"] == [], "all is reached")


def forget(keys, reason="The disk was shredded.", key="ben", expect=0):
    return run("erasure", "forget", keys, "--reason", reason, key=key, expect=expect)


def said(*args):
    process = provider.start(*args)
    out, _ = process.communicate()
    return out.decode()


def forgotten_of(erasure):
    listed = run("erasure", "list")["erasures"]
    return next(item for item in listed if item["id"] == erasure)["forgotten"]


def a_place_that_is_no_more_is_forgotten():
    keys = WORK / "wiped"
    backup(WORK / "of-wiped", keys)
    checks.refused("it is there", forget(keys, expect=1), "destroy it first")
    told = forget(WORK / "never", expect=1)
    checks.refused("no place", told, "no keys are remembered", str(keys))
    shutil.rmtree(keys)
    reached = run("erasure", "list")["erasures"][0]["id"]
    answer = erase(open_case("Another number, 555 0102"))
    # Its keys are of an earlier log: they open no part of that entry.
    checks.check([place["folder"] for place in answer["unreached"]] == [str(keys)], f"{answer}")
    command = ("erasure", "forget", keys, "--reason", "Wiped.")
    checks.refused("by nobody", run(*command, expect=1), "sign it with --key")
    checks.refused("by a reviewer", run(*command, key="anna", expect=1), "decider or auditor")
    checks.refused("without a reason", forget(keys, " ", expect=1), "reason")
    checks.check(str(keys) in places(), "a refusal forgets nothing")
    forget(keys)
    checks.check(run("erasure", "list")["unreached"] == [], "forgotten")
    checks.check(str(keys) not in places(), f"for good: {places()}")
    checks.check(forgotten_of(answer["id"]) == [], "it had no key of that part")
    checks.check(forgotten_of(reached) == [], "and that erasure had reached it")
    told = run("log", "show", "--limit", "10000")["entries"][-1]
    checks.check(told["type"] == "keys.forgotten", f"the log tells it: {told}")
    checks.check("wiped" not in json.dumps(told).lower(), "and not where it was, nor why")
    shutil.rmtree(WORK / "of-wiped")


def a_place_that_is_only_unplugged_is_not_forgotten_for_good():
    keys, unplugged = WORK / "disk", WORK / "disk-unplugged"
    first, second = open_case("Of a disk, 555 0103"), open_case("Of it too, 555 0104")
    backup(WORK / "of-disk", keys)
    old = WORK / "of-disk-before"
    shutil.copytree(WORK / "of-disk", old)
    secrets = [secret_of(DATA, entry) for entry in (first, second)]
    keys.rename(unplugged)
    missed = erase(first)["id"]
    told = forget(keys, "Nobody finds it.", key="otto")
    checks.check(told["erasures"] == [missed], f"it says what never reached it: {told}")
    later = erase(second)
    place = [{**item, "at": "", "index": 0} for item in later["forgotten"]]
    checks.check(len(place) == 1 and place[0]["folder"] == str(keys), f"a later one too: {later}")
    unknown = erase(open_case("Not of that disk, 555 0105"))
    checks.check(unknown["forgotten"] == [], f"its keys are older: {unknown}")
    for erasure in (missed, later["id"]):
        found = forgotten_of(erasure)
        checks.check([item["reason"] for item in found] == ["Nobody finds it."], f"{found}")
        line = f"{erasure}: {keys} was forgotten on "
        checks.check(line in said("erasure", "list"), "and the list says it each time")
    out = said("erasure", "list")
    for words in ("by Otto Example", 'because "Nobody finds it."', "never destroyed by us"):
        checks.check(words in out, f"`{words}` is said: {out}")
    # What the published log says is erased, its old keys do not bring back.
    to, copy = WORK / "of-unplugged", WORK / "disk-copy"
    shutil.copytree(unplugged, copy)
    words = ["--keys", copy, "--to", to, "--published", DATA / "log"]
    run("restore", old, *words)
    for entry, secret in zip((first, second), secrets):
        state = of(to, "log", "open", entry)["parts"]
        state = next(part["state"] for part in state if part["name"] == "details")
        checks.check(state == "erased", f"entry {entry} is {state} in what was put back")
        files = [path for path in to.rglob("*") if path.is_file()]
        where = [path for path in files if secret in path.read_bytes()]
        checks.check(not where, f"its key lies in {where}")
        sealed = (copy / "part.keys").read_bytes()
        checks.check(secret not in sealed, "nor in the keys that it was put back with")
    shutil.rmtree(to)
    shutil.rmtree(copy)
    keys.mkdir()
    shutil.copy(WORK / "other-keys/part.keys", keys / "part.keys")
    answer = run("erasure", "list")
    checks.check(answer["found_again"] == [], f"keys without what is erased: {answer}")
    shutil.rmtree(keys)
    return keys, unplugged, secrets, (missed, later["id"])


def a_forgotten_place_that_turns_up_is_named_and_reached(keys, unplugged, secrets, erasures):
    sealed = unplugged / "part.keys"
    checks.check(all(secret in sealed.read_bytes() for secret in secrets), "it opens them still")
    shutil.copytree(unplugged, keys)
    out = said("erasure", "list")
    words = f"found again: {keys} was forgotten on "
    checks.check(words in out and all(name in out for name in erasures), f"{out}")
    left = (keys / "part.keys").read_bytes()
    checks.check(not any(secret in left for secret in secrets), "the keys are destroyed there")
    checks.check(str(keys) in places(), "erasures reach it again")
    checks.check(run("erasure", "list")["found_again"] == [], "it is named once")
    checks.check(not any(forgotten_of(erasure) for erasure in erasures), "they are reached now")
    # Unplugged and plugged in again, it is found by a backup and by an approval too.
    for look in (
        lambda: backup(WORK / "of-disk", WORK / "other-keys"),
        lambda: erase(open_case("Of no disk, 555 0106")),
    ):
        shutil.rmtree(keys)
        entry = open_case("One more, 555 0107")
        erase(entry)
        forget(keys)
        shutil.copytree(unplugged, keys)
        answer = look()
        found = [place["folder"] for place in answer["found_again"]]
        checks.check(found == [str(keys)], f"{answer}")
        left = (keys / "part.keys").read_bytes()
        checks.check(not any(secret in left for secret in secrets), "destroyed again")
    for path in (keys, unplugged, WORK / "of-disk", WORK / "of-disk-before"):
        shutil.rmtree(path)


def what_did_not_happen_is_not_in_the_log():
    foreign = WORK / "foreign"
    other = WORK / "another"
    of(other, "init")
    of(other, "backup", WORK / "of-another", "--keys", foreign)
    before, remembered = size(), places()
    blocked = provider.write("a-file", "text")
    for folder, keys in (
        (FOLDER, foreign),
        (FOLDER, blocked / "keys"),
        (FOLDER, "/proc/keys"),
        (blocked / "backup", KEYS),
        ("/proc/backup", KEYS),
        (FOLDER, FOLDER / "keys"),
        (WORK / "of-another", KEYS),
    ):
        process = provider.start("backup", folder, "--keys", keys)
        _, error = process.communicate()
        checks.check(process.returncode in (1, 3), f"{folder} {keys}: {error.decode()}")
        checks.check(size() == before, f"{folder} {keys}: the log tells of a backup")
        checks.check(places() == remembered, f"{folder} {keys}: it is remembered")
    entry = last_of("case.opened")
    words = ["--part", "details", "--to", "Example Court", "--purpose", "court", "--out"]
    for out in (WORK / "nowhere/x", "/proc/x", blocked / "x"):
        before = size()
        process = provider.start("log", "open", entry, *words, out, key="lea")
        _, error = process.communicate()
        checks.check(process.returncode in (1, 3), f"{out}: {error.decode()}")
        checks.check(size() == before, f"{out}: the log tells that a part was handed out")
    out = WORK / "refused"
    run("log", "open", entry, *words, out, key="anna", expect=1)
    checks.check(not out.exists(), "of what is refused, no file is left")


def one_history():
    folder, keys = WORK / "one", WORK / "one-keys"
    copy = WORK / "copy"
    shutil.copytree(DATA, copy)
    open_case("Here")
    open_case("There", copy)
    open_case("There too", copy)
    backup(folder, keys)
    before = (folder / "manifest.json").read_bytes(), (keys / "part.keys").read_bytes()
    checks.check(size() == size(copy), "of equal size")
    told = of(copy, "backup", folder, "--keys", WORK / "copy-keys", expect=1)
    checks.refused("a fork", told, "another history", "give another folder")
    told = of(copy, "backup", WORK / "of-copy", "--keys", keys, expect=1)
    checks.refused("the keys of a fork", told, "another history", "give another folder")
    open_case("Longer", copy)
    open_case("Longer still", copy)
    told = of(copy, "backup", folder, "--keys", WORK / "copy-keys", expect=1)
    checks.refused("a longer fork", told, "another history")
    told = of(copy, "backup", WORK / "of-copy", "--keys", keys, expect=1)
    checks.refused("the keys of a longer fork", told, "another history")
    older = WORK / "older"
    shutil.copytree(DATA, older)
    for turn in range(5):
        open_case(f"Later {turn}")
    backup(folder, keys)
    after = sorted(path.name for path in folder.iterdir())
    told = of(older, "backup", folder, "--keys", keys, expect=1)
    checks.refused("an older copy", told, "still in use")
    checks.check(sorted(path.name for path in folder.iterdir()) == after, "it leaves nothing")
    changed = (folder / "manifest.json").read_bytes(), (keys / "part.keys").read_bytes()
    checks.check(changed != before, "while the log itself is backed up")


def a_damaged_file_of_keys_is_kept():
    folder, keys = WORK / "of-worn", WORK / "worn-keys"
    backup(folder, keys)
    sealed = keys / "part.keys"
    good = sealed.read_bytes()
    bad = good[:-40] + bytes([good[-40] ^ 1]) + good[-39:]
    sealed.write_bytes(bad)
    told = backup(folder, keys, expect=1)
    checks.refused("damaged keys", told, str(sealed), "is damaged", "keep it")
    checks.check("remove" not in told and sealed.read_bytes() == bad, f"it stays: {told}")
    answer = erase(open_case("Of damaged keys, 555 0108"))
    why = [place["why"] for place in answer["unreached"] if place["folder"] == str(keys)]
    checks.check(why and "is damaged" in why[0] and "remove" not in why[0], f"{answer}")
    checks.check(sealed.read_bytes() == bad, "no erasure writes over it")
    # As it says.
    kept = WORK / "worn.keys"
    sealed.rename(kept)
    backup(folder, keys)
    unreached = [place["folder"] for place in run("erasure", "list")["unreached"]]
    checks.check(sealed.exists() and str(keys) not in unreached, f"written anew: {unreached}")
    sealed.write_bytes(good)
    told = of(WORK / "another", "backup", WORK / "of-another", "--keys", keys, expect=1)
    checks.refused("another log's keys", told, "has the keys of the log", "give another folder")
    checks.check("damaged" not in told and "remove" not in told, f"another log's keys: {told}")
    for path in (folder, keys):
        shutil.rmtree(path)
    forget(keys)


def a_restored_directory_lies_apart():
    words = ["--keys", KEYS, "--accept-fork-risk", "--to"]
    linked = WORK / "linked"
    linked.symlink_to(FOLDER)
    listed = sorted(path.name for path in FOLDER.iterdir())
    for to in (FOLDER / "data", KEYS / "data", FOLDER / "lake/data", linked / "data"):
        told = run("restore", FOLDER, *words, to, expect=1)
        checks.refused(f"{to}", told, "outside of")
    told = run("backup", linked / "in", "--keys", FOLDER, expect=1)
    checks.refused("by another name", told, "apart")
    checks.check(sorted(path.name for path in FOLDER.iterdir()) == listed, "nothing is left of it")
    published = WORK / "published"
    shutil.copytree(DATA / "log", published)
    words = ["--keys", KEYS, "--published", published, "--to", published / "data"]
    checks.refused("in public", run("restore", FOLDER, *words, expect=1), "outside of")


def names_that_are_no_text():
    name = os.fsencode(WORK) + b"/k\xff"
    before, remembered = size(), places()
    for words in ((FOLDER, "--keys", name), (name, "--keys", KEYS)):
        command = ["backup", *(os.fsdecode(word) for word in words)]
        told = run(*command, expect=1)
        checks.refused("a backup", told, "utf-8")
    checks.check((size(), places()) == (before, remembered), "nothing was done")
    told = of(os.fsdecode(os.fsencode(WORK) + b"/i\xff"), "init", expect=1)
    checks.refused("init", told, "utf-8")
    checks.check(not os.path.exists(os.fsencode(WORK) + b"/i\xff"), "nothing is made")
    words = ["--accept-fork-risk", "--keys", KEYS, "--to", os.fsdecode(name)]
    checks.refused("restore", run("restore", FOLDER, *words, expect=1), "utf-8")


begin(provider, PEOPLE)
case.open_case(provider)
a_restored_directory_knows_its_keys()
a_lost_list_of_places_is_said()
a_place_that_is_no_more_is_forgotten()
a_forgotten_place_that_turns_up_is_named_and_reached(
    *a_place_that_is_only_unplugged_is_not_forgotten_for_good()
)
what_did_not_happen_is_not_in_the_log()
one_history()
a_damaged_file_of_keys_is_kept()
a_restored_directory_lies_apart()
names_that_are_no_text()
checks.end()
