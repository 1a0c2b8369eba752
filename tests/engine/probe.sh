#!/bin/sh
# Reaches for every database, from inside the VPC and with what the API has: each is let through the
# firewall, and answers.
set -eu

connects() { # HOST PORT
    curl --verbose --connect-timeout 10 --max-time 15 "telnet://$1:$2" </dev/null 2>&1 |
        grep -qE 'Connected to|Established connection to'
}

missing() { # WHAT
    echo "probe: $1 does not answer" >&2
    exit 1
}

neo4j=${NEO4J_URI#*://}
metadata=http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default

connects "$POSTGRES_HOST" "$POSTGRES_PORT" || missing PostgreSQL
connects "${neo4j%:*}" "${neo4j##*:}" || missing Neo4j
connects "$REDIS_HOST" "$REDIS_PORT" || missing Redis
token=$(curl --silent --fail --header Metadata-Flavor:Google \
    "$metadata/identity?audience=$QDRANT_AUDIENCE")
curl --silent --fail --max-time 60 --output /dev/null --header "api-key: $QDRANT_API_KEY" \
    --header "Authorization: Bearer $token" "$QDRANT_URL/collections" || missing Qdrant
echo 'probe: all databases answer'
