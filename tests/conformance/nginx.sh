#!/bin/sh
# needs: nginx python3
#
# nginx.sh [BINARY [WORKDIR]]: a real nginx as docs/guides/nginx.md sets it up, before a service and
# a decision point that is killed, stopped, slow, started again, and gets new tables under load.
here=$(cd "$(dirname "$0")" && pwd)
exec sh "$here/gateways/run.sh" nginx_gateway.py nginx "$@"
