# needs: dpkg-dev file adduser man-db systemd
# The Debian package: what is in it, what it depends on, its units and manual pages; then it is
# installed into a copy of this system that goes afterwards, runs there as its own users, and is
# purged. Needs root for that part, and says so without.
set -eu
cd "$(dirname "$0")/../.."
root=$(pwd)
passed=0
failed=0
skipped=0
check() { # check WHAT COMMAND...
  what=$1
  shift
  if "$@" >"$work/said" 2>&1; then
    passed=$((passed + 1))
  else
    printf 'FAIL %s\n' "$what"
    sed 's/^/  /' "$work/said" | head -n 20
    failed=$((failed + 1))
  fi
}
not() { ! "$@"; }
work=$(mktemp -d)
mounted=
serving=
pointing=
cleanup() {
  for process in $serving $pointing; do kill "$process" 2>/dev/null || true; done
  if [ -n "$mounted" ]; then umount -R "$mounted" 2>/dev/null || umount -R -l "$mounted" || true; fi
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

sh ./run package >"$work/made" 2>&1 || { cat "$work/made"; exit 1; }
package=$(ls "$root"/build/release/package/proviso_*_amd64.deb)

# ---- what is in it ----

mkdir "$work/unpacked"
dpkg-deb -x "$package" "$work/unpacked"
dpkg-deb -e "$package" "$work/control"
depends=$(dpkg-deb -f "$package" Depends)
printf '%s\n' "$depends"
for wanted in adduser libc6 libsqlite3-0 libssl3; do
  check "it depends on $wanted" sh -c "printf '%s' '$depends' | grep -q '$wanted'"
done
check "it depends on no library that it brings" sh -c "! printf '%s' '$depends' | grep -qi duckdb"
for path in usr/bin/proviso usr/lib/proviso/libduckdb.so usr/lib/systemd/system/proviso.service \
  usr/lib/systemd/system/proviso-point.service etc/proviso/serve.yaml etc/proviso/point.yaml \
  usr/share/man/man1/proviso.1.gz usr/share/man/man5/proviso-serve.yaml.5.gz \
  usr/share/man/man8/proviso-serve.8.gz usr/share/man/man8/proviso-point.8.gz \
  usr/share/doc/proviso/copyright usr/share/doc/proviso/docs/formats/serve.md \
  usr/share/proviso/examples/world.yaml; do
  check "it holds $path" test -e "$work/unpacked/$path"
done
check "its files belong to root" sh -c "! dpkg-deb -c '$package' | grep -v ' root/root '"
check "the program finds its library beside it" \
  sh -c "readelf -d '$work/unpacked/usr/bin/proviso' | grep -q 'ORIGIN/../lib/proviso'"
check "no folder of the builder is in the program" \
  sh -c "! grep -aqF '$root/' '$work/unpacked/usr/bin/proviso'"
check "its configuration is the administrator's" \
  grep -qx /etc/proviso/point.yaml "$work/control/conffiles"

# ---- manual pages and units ----

for page in "$work"/unpacked/usr/share/man/man*/*.gz; do
  warnings=$(LC_ALL=C.UTF-8 MANWIDTH=80 \
    man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null)
  check "$(basename "$page") has no fault: $warnings" test -z "$warnings"
done
documents=$work/unpacked/usr/share/doc/proviso
for page in "$work"/unpacked/usr/share/man/man*/*.gz; do
  for path in $(zcat "$page" | sed 's/\\-/-/g' |
    grep -o '/usr/share/doc/proviso/[A-Za-z0-9_./-]*[a-z]' | sort -u); do
    check "$(basename "$page"): $path is there" test -e "$work/unpacked$path"
  done
done
for path in $(grep -aoE 'docs/[a-z]+/[a-z-]+[.]md' "$work/unpacked/usr/bin/proviso" | sort -u); do
  check "what the program calls $path is there" test -e "$documents/$path"
done
keys=$(zcat "$work/unpacked/usr/share/man/man5/proviso-serve.yaml.5.gz" | sed 's/\\-/-/g')
for key in adapter upstream upstream_ms exempt cut projects exempt_roles operations subjects \
  subject_types region_otherwise policy_decision_point certificate token payload; do
  check "proviso-serve.yaml(5) has the key $key" \
    sh -c "printf '%s' \"\$1\" | grep -A1 '^\.TP' | grep -q '$key'" - "$keys"
done
for unit in proviso proviso-point; do
  file=$work/unpacked/usr/lib/systemd/system/$unit.service
  # The program and its users are not on this system: only what is said of the unit counts.
  faults=$(systemd-analyze verify --man=no "$file" 2>&1 | grep "$unit.service" |
    grep -v 'not executable\|No such file' || true)
  check "$unit.service has no fault: $faults" test -z "$faults"
  exposure=$(systemd-analyze security --offline=yes "$file" 2>/dev/null |
    sed -n 's/.*exposure level for [^:]*: \([0-9.]* [A-Z]*\).*/\1/p')
  printf '%s: exposure %s\n' "$unit" "$exposure"
  check "$unit.service is hardened: $exposure" sh -c "awk 'BEGIN { exit !(${exposure%% *} < 2.0) }'"
done

# ---- installed, run, purged ----

if [ "$(id -u)" -ne 0 ] || ! mkdir "$work/upper" "$work/work" "$work/root" ||
  ! mount -t tmpfs tmpfs "$work/upper" 2>/dev/null; then
  printf 'SKIPPED: installing needs root and a file system that can be laid over this one\n'
  printf '%d passed, %d failed, 1 skipped\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
  exit
fi
umount "$work/upper"
mount -t overlay overlay -o "lowerdir=/,upperdir=$work/upper,workdir=$work/work" "$work/root"
mounted=$work/root
mount -t proc proc "$mounted/proc"
mount --rbind /dev "$mounted/dev"
mount --make-rslave "$mounted/dev"
# Each replaces the shell that it runs in: `&` then gives the number of the process itself.
enter() {
  exec chroot "$mounted" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"
}
enter_as() { # enter_as USER GROUPS COMMAND...
  user=$1 groups=$2
  shift 2
  enter setpriv --reuid "$user" --regid "$user" --groups "$groups" --no-new-privs "$@"
}
inside() { (enter "$@"); }
as() { (enter_as "$@"); }
cp "$package" "$mounted/tmp/proviso.deb"
check "it installs" inside dpkg -i /tmp/proviso.deb
check "the program runs" inside proviso --version
check "its library is found" sh -c "! chroot '$mounted' ldd /usr/bin/proviso | grep 'not found'"
check "its user makes a data directory" as proviso proviso proviso -C /var/lib/proviso/data init
inside install -d -o proviso -g proviso -m 0750 /run/proviso/table
serve=$work/serve.log point=$work/point.log
sed -i 's/127.0.0.1:8181/127.0.0.1:0/' "$mounted/etc/proviso/serve.yaml"
sed -i 's/127.0.0.1:8191/127.0.0.1:0/' "$mounted/etc/proviso/point.yaml"
enter_as proviso proviso proviso -C /var/lib/proviso/data serve --config /etc/proviso/serve.yaml \
  --table-to /run/proviso/table --log json --json >"$serve" 2>&1 &
serving=$!
enter_as proviso-point "proviso-point,proviso" proviso point --table /run/proviso/table/current \
  --config /etc/proviso/point.yaml --state /var/lib/proviso-point --log json --json >"$point" 2>&1 &
pointing=$!
port_of() {
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    port=$(sed -n 's/.*"ports":\[\([0-9]*\).*/\1/p' "$1")
    if [ -n "$port" ] && [ "$port" != 0 ]; then break; fi
    sleep 0.5
  done
  echo "${port:-1}"
}
asked() { # asked PORT: the status and table of a question
  python3 - "$1" <<'PYTHON'
import http.client, sys, time
for _ in range(40):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=5)
        connection.request("GET", "/readyz")
        if connection.getresponse().status == 200:
            sys.exit(0)
    except OSError:
        pass
    time.sleep(0.25)
sys.exit("not ready")
PYTHON
}
check "serve answers" asked "$(port_of "$serve")"
check "the point answers from its table, as another user" asked "$(port_of "$point")"
check "which cannot read the data directory" \
  not as proviso-point proviso-point,proviso ls /var/lib/proviso/data
check "the point keeps its table" test -e "$mounted/var/lib/proviso-point/table"
kill "$serving" "$pointing"
check "serve ends in order" wait "$serving"
check "the point ends in order" wait "$pointing"
serving=
pointing=

check "it is removed" inside dpkg -r proviso
check "the configuration stays" test -e "$mounted/etc/proviso/point.yaml"
check "it is purged" inside dpkg -P proviso
check "the data directory stays" test -e "$mounted/var/lib/proviso/data/proviso.json"
check "what the point kept goes" not test -e "$mounted/var/lib/proviso-point"
rm -rf "$mounted/var/lib/proviso" "$mounted/run/proviso" "$mounted/tmp/proviso.deb"
# What was written lies in the upper layer; what is there and not below it is new.
left=$(cd "$work/upper" && find . -type f ! -path './tmp/*' ! -path './run/*' \
  ! -path './var/lib/dpkg/*' ! -path './var/log/*' ! -path './var/cache/*' |
  while read -r path; do [ -e "/$path" ] || printf '%s ' "$path"; done)
check "nothing else stays: $left" test -z "$left"
printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" -eq 0 ]
