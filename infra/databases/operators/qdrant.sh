#!/bin/sh
# curl, with what Qdrant asks for. The arguments are a path, such as /collections, and curl's own.
set -eu

case ${1:-} in
/*) ;;
*)
    echo "operator: expected a path first, such as /collections, and found: ${1:-nothing}" >&2
    exit 2
    ;;
esac
path=$1
shift

identity=
if [ -n "${QDRANT_AUDIENCE:-}" ]; then
    identity=$(curl --silent --show-error --fail --connect-timeout 20 --max-time 60 \
        --header 'Metadata-Flavor: Google' \
        "http://${GCE_METADATA_HOST:-metadata.google.internal}/computeMetadata/v1/instance/service-accounts/default/identity?audience=$QDRANT_AUDIENCE")
fi

# What it answers is one line of JSON, which Cloud Logging would take apart: with the status behind it,
# it is text.
{
    printf 'api-key: %s\n' "$QDRANT_API_KEY"
    if [ -n "$identity" ]; then
        printf 'X-Serverless-Authorization: Bearer %s\n' "$identity"
    fi
} | curl --silent --show-error --fail-with-body --connect-timeout 20 --max-time 900 \
    --header @- --write-out ' (%{http_code})\n' "$@" "$QDRANT_URL$path"
