#!/bin/sh
# psql, as the application's user. The arguments are psql's.
set -eu

export PGHOST="$POSTGRES_HOST" PGPORT="$POSTGRES_PORT" PGDATABASE="$POSTGRES_DATABASE"
export PGUSER="$POSTGRES_USER" PGPASSWORD="$POSTGRES_PASSWORD" PGSSLMODE="$POSTGRES_SSLMODE"
export PGCONNECT_TIMEOUT=20 PGAPPNAME=operator

exec psql --no-psqlrc --set=ON_ERROR_STOP=1 "$@"
