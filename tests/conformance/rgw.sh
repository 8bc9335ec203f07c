#!/bin/sh
# needs: ceph-mon ceph-osd radosgw ceph-common python3-boto3 python3
#
# rgw.sh [BINARY [WORKDIR]]: a real object gateway of Ceph as docs/guides/ceph-rgw.md sets it up,
# with a cluster of one node in memory, and a decision point that is killed, stopped, slow, started
# again, and gets new tables under load. Customers speak S3 by boto3.
here=$(cd "$(dirname "$0")" && pwd)
exec sh "$here/gateways/run.sh" rgw_gateway.py "ceph-mon ceph-osd radosgw python:boto3" "$@"
