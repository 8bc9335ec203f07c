#!/bin/sh
# needs: python3
#
# soak.sh [SECONDS]: a decision point that answers four protocols at once while its table changes
# each second; every answer is checked, its memory and its descriptors are watched. 20 s unless said
# otherwise, here or by PROVISO_SOAK_SECONDS; 600 is the long form.
here=$(cd "$(dirname "$0")" && pwd)
PROVISO_SOAK_SECONDS=${1:-${PROVISO_SOAK_SECONDS:-20}} exec sh "$here/gateways/run.sh" soak.py ""
