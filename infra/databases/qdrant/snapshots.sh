#!/bin/sh
# Makes snapshots of Qdrant's collections in a bucket's folder, or brings them back.
#
#     snapshots.sh make       one set: a snapshot of each collection
#     snapshots.sh restore    the set that SNAPSHOTS names (YYYYMMDDhhmmss), or else the newest
#
# Environment: QDRANT_URL, QDRANT_API_KEY; QDRANT_AUDIENCE where Cloud Run asks for an identity, too;
# SNAPSHOTS_PATH, the bucket's folder; make: SNAPSHOTS_RETENTION, in days; restore:
# SNAPSHOTS_PATH_IN_QDRANT, the same folder as Qdrant sees it, or empty.
#
# A set is a folder named by its time, in UTC, with a file COLLECTION.snapshot for each collection.
# SHA256SUMS is there when the set is complete.
set -eu
export LC_ALL=C # A name is its bytes.

# Bytes. Cloud Run passes on no response of a stated length over 32 MiB ("Quotas and limits", 2026).
PIECE=16777216

say() {
    echo "qdrant snapshots: $*" >&2
}

fail() {
    say "ERROR: $*"
    exit 1
}

# Prints what Qdrant answers: METHOD PATH [OPTIONS OF CURL]
qdrant() {
    method=$1 path=$2
    shift 2
    {
        printf 'api-key: %s\n' "$QDRANT_API_KEY"
        if [ -n "$identity" ]; then
            printf 'X-Serverless-Authorization: Bearer %s\n' "$identity"
        fi
    } | curl --silent --show-error --fail-with-body --connect-timeout 20 --max-time 900 \
        --request "$method" --header @- "$@" "$QDRANT_URL$path"
}

# As `qdrant`, for an answer that is text, which is shown where it is an error.
ask() {
    if ! answer=$(qdrant "$@"); then fail "Qdrant does not do $1 $2: $answer"; fi
    printf '%s\n' "$answer"
}

# Prints the identity token that Cloud Run asks for.
identify() {
    curl --silent --show-error --fail --connect-timeout 20 --max-time 60 \
        --header 'Metadata-Flavor: Google' \
        "http://${GCE_METADATA_HOST:-metadata.google.internal}/computeMetadata/v1/instance/service-accounts/default/identity?audience=$QDRANT_AUDIENCE"
}

# Prints a name with each byte as a URL may have it.
encoded() {
    printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g'
}

# Prints every name in an answer of Qdrant's, each on a line. Qdrant lets no name have a quotation
# mark; old names and control characters are escaped.
names() {
    case $1 in *\\*) fail "a name has a character that cannot be kept: $1" ;; esac
    printf '%s\n' "$1" | grep -o '"name":"[^"]*"' | sed 's/^"name":"//; s/"$//' || :
}

# Prints a snapshot of SIZE bytes: PATH SIZE
download() {
    offset=0
    while [ "$offset" -lt "$2" ]; do
        qdrant GET "$1" --range "$offset-$((offset + PIECE - 1))" || return
        offset=$((offset + PIECE))
    done
}

# Deletes what Qdrant keeps of a collection's snapshots: on Cloud Run they fill its memory.
discard() {
    kept=$(ask GET "$1")
    names "$kept" | while IFS= read -r snapshot; do
        ask DELETE "$1/$(encoded "$snapshot")" >/dev/null
    done
}

# Puts a collection's snapshot into the set, and into its list: COLLECTION
store() {
    snapshots=/collections/$(encoded "$1")/snapshots
    discard "$snapshots"
    made=$(ask POST "$snapshots")
    snapshot=$(names "$made")
    size=$(printf '%s' "$made" | sed -n 's/.*"size":\([0-9][0-9]*\).*/\1/p')
    promised=$(printf '%s' "$made" | sed -n 's/.*"checksum":"\([0-9a-f]*\)".*/\1/p')
    if [ -z "$snapshot" ] || [ -z "$size" ]; then fail "cannot understand Qdrant: $made"; fi
    file=$set/$1.snapshot
    download "$snapshots/$(encoded "$snapshot")" "$size" >"$file" ||
        fail "the snapshot of $1 did not come"
    discard "$snapshots"
    found=$(wc -c <"$file")
    if [ "$found" -ne "$size" ]; then fail "the snapshot of $1 has $found bytes, not $size"; fi
    checksum=$(sha256sum <"$file")
    checksum=${checksum%% *}
    if [ "$checksum" != "${promised:-$checksum}" ]; then
        fail "the snapshot of $1 has the checksum $checksum, not $promised"
    fi
    printf '%s  %s\n' "$checksum" "$1.snapshot" >>"$list"
    say "$1: $size bytes"
}

# Prints the name of the newest complete set, if there is one.
newest() {
    last=
    for complete in "$SNAPSHOTS_PATH"/*/SHA256SUMS; do # in the order of their names, and so of time
        if [ -f "$complete" ]; then last=${complete%/*}; fi
    done
    printf '%s' "${last##*/}"
}

# Deletes the sets that are older than the retention, and those that were not finished.
prune() {
    oldest=$(date -u -d "@$(($(date +%s) - SNAPSHOTS_RETENTION * 86400))" +%Y%m%d%H%M%S)
    for old in "$SNAPSHOTS_PATH"/*/; do
        old=${old%/}
        case ${old##*/} in *[!0-9]*) continue ;; esac
        if [ "${old##*/}" -lt "$oldest" ] || [ ! -f "$old/SHA256SUMS" ]; then
            rm -r "$old"
            say "${old##*/}: deleted"
        fi
    done
}

make() {
    answer=$(ask GET /collections)
    collections=$(names "$answer")
    if [ -z "$collections" ]; then
        last=$(newest)
        if [ -n "$last" ]; then
            fail "Qdrant is empty, and $last is not: restore it, or delete the snapshots"
        fi
        say "there is nothing to make a snapshot of"
        return
    fi
    aliases=$(ask GET /aliases)
    case $aliases in *'"alias_name"'*) say "WARNING: aliases are not in a snapshot" ;; esac
    now=$(date -u +%Y%m%d%H%M%S)
    set=$SNAPSHOTS_PATH/$now
    list=$(mktemp)
    mkdir "$set" || fail "the user $(id -u):$(id -g) cannot write to $SNAPSHOTS_PATH"
    printf '%s\n' "$collections" | while IFS= read -r collection; do store "$collection"; done
    cp "$list" "$set/SHA256SUMS.part"
    mv "$set/SHA256SUMS.part" "$set/SHA256SUMS"
    say "$now: complete"
    prune
}

# Brings one collection back: CHECKSUM COLLECTION
bring_back() {
    path=/collections/$(encoded "$2")/snapshots
    if [ -n "$SNAPSHOTS_PATH_IN_QDRANT" ]; then
        # Cloud Run passes on no request over 32 MiB: Qdrant reads the file itself.
        location=file://$SNAPSHOTS_PATH_IN_QDRANT/$set/$(encoded "$2").snapshot
        ask PUT "$path/recover?wait=true" --header 'content-type: application/json' --data \
            "{\"location\":\"$location\",\"priority\":\"snapshot\",\"checksum\":\"$1\"}" >/dev/null
    else
        ln -sf "$SNAPSHOTS_PATH/$set/$2.snapshot" "$upload/restored.snapshot"
        ask POST "$path/upload?wait=true&priority=snapshot&checksum=$1" \
            --form "snapshot=@$upload/restored.snapshot" >/dev/null
    fi
    say "$2: restored"
}

restore() {
    set=${SNAPSHOTS:-$(newest)}
    if [ -z "$set" ]; then fail "the bucket has no complete snapshots"; fi
    list=$SNAPSHOTS_PATH/$set/SHA256SUMS
    if [ ! -f "$list" ]; then fail "the bucket has no complete snapshots of the name $set"; fi
    upload=$(mktemp -d)
    while IFS= read -r line; do
        file=${line#*  }
        bring_back "${line%%  *}" "${file%.snapshot}"
    done <"$list"
    say "$set: restored"
}

if [ ! -d "$SNAPSHOTS_PATH" ]; then fail "the bucket is not at $SNAPSHOTS_PATH"; fi
identity=
if [ -n "${QDRANT_AUDIENCE:-}" ]; then
    identity=$(identify) || fail "there is no identity to be had"
fi
case $1 in
make) make ;;
restore) restore ;;
*) fail "cannot $1" ;;
esac
