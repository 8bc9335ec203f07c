#!/bin/sh
# needs: python3-boto3 python3
#
# minio.sh [BINARY [WORKDIR]]: a real MinIO as docs/guides/minio.md sets it up, before a decision
# point that is killed, stopped, slow, started again, and gets new tables under load, and before an
# Open Policy Agent of the operator's own, the real one. Customers speak S3 by boto3; root makes
# them by MinIO's client. All three are built once from their Go modules, pinned by
# minio_server/go.sum and opa_server/go.sum. What MinIO asks is held against tests/corpus/wire;
# with PROVISO_RECORD set, those files are written anew.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/shell/go.sh"
go_program minio_server github.com/minio/minio github.com/minio/mc
go_program opa_server github.com/open-policy-agent/opa
built=$(cd "$here/../.." && pwd)/build
export PROVISO_MINIO="$built/minio_server/minio" PROVISO_MC="$built/minio_server/mc"
export PROVISO_OPA="$built/opa_server/opa"
exec sh "$here/gateways/run.sh" minio_gateway.py python:boto3 "$@"
