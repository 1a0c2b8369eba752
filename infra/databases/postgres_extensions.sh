#!/bin/sh
# Creates PostgreSQL's extensions. What is there already stays as it is.
set -eu

export PGHOST="$POSTGRES_HOST" PGPORT="$POSTGRES_PORT" PGDATABASE="$POSTGRES_DATABASE"
export PGUSER="$POSTGRES_USER" PGPASSWORD="$POSTGRES_PASSWORD" PGSSLMODE="$POSTGRES_SSLMODE"
export PGCONNECT_TIMEOUT=20

for extension in vector pgaudit; do
    if ! psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 \
        --command="CREATE EXTENSION IF NOT EXISTS $extension"; then
        echo "extensions: $extension could not be created in $PGDATABASE at $PGHOST" >&2
        exit 1
    fi
    echo "extensions: $extension is there"
done
