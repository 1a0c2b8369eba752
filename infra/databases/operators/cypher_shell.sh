#!/bin/sh
# cypher-shell, as the administrator. The arguments are cypher-shell's.
set -eu

export NEO4J_PASSWORD # It reads the password there, where no list of processes shows it.

exec cypher-shell --address "$NEO4J_URI" --username "$NEO4J_USER" --non-interactive \
    --format plain "$@"
