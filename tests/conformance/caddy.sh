#!/bin/sh
# needs: caddy nginx python3
#
# caddy.sh [BINARY [WORKDIR]]: a real Caddy as docs/guides/caddy.md sets it up, before a service and
# a decision point that is killed, stopped, slow, started again, and gets new tables under load.
here=$(cd "$(dirname "$0")" && pwd)
exec sh "$here/gateways/run.sh" caddy_gateway.py "caddy nginx" "$@"
