#!/bin/sh
# redis-cli, over TLS. The arguments are redis-cli's.
set -eu

ca=$(mktemp)
printf '%s' "$REDIS_CA_CERTIFICATE" >"$ca"
# It reads the password there, where no list of processes shows it.
export REDISCLI_AUTH="$REDIS_AUTH_STRING"

exec redis-cli -h "$REDIS_HOST" -p "$REDIS_PORT" --tls --cacert "$ca" -e "$@"
