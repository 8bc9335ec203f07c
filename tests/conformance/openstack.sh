#!/bin/sh
# needs: keystone uwsgi-core uwsgi-plugin-python3 python3-oslo.policy python3
#
# openstack.sh [BINARY [WORKDIR]]: a real Keystone and oslopolicy-checker as
# docs/guides/openstack.md sets them up, and a decision point that is killed, stopped, slow, started
# again, and gets new tables under load.
here=$(cd "$(dirname "$0")" && pwd)
exec sh "$here/gateways/run.sh" openstack_gateway.py "keystone-manage uwsgi oslopolicy-checker" "$@"
