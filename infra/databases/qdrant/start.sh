#!/bin/sh
# Starts Qdrant with the newest complete set of snapshots, or empty where there is none.
# Environment: SNAPSHOTS_PATH, the bucket's folder.
set -eu

if [ ! -d "$SNAPSHOTS_PATH" ]; then
    echo "qdrant start: ERROR: the bucket is not at $SNAPSHOTS_PATH" >&2
    exit 1
fi

newest=
for list in "$SNAPSHOTS_PATH"/*/SHA256SUMS; do # in the order of their names, and so of time
    if [ -f "$list" ]; then newest=${list%/*}; fi
done
if [ -z "$newest" ]; then
    echo "qdrant start: the bucket has no complete snapshots: starts empty"
    exec ./qdrant
fi

# A line is a checksum, two spaces and the name of a file.
while IFS= read -r line; do
    file=${line#*  }
    set -- "$@" --snapshot "$newest/$file:${file%.snapshot}"
done <"$newest/SHA256SUMS"
echo "qdrant start: restores $(($# / 2)) collections from ${newest##*/}"
exec ./qdrant "$@"
