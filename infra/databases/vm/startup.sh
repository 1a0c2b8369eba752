#!/bin/bash
# Runs at every boot of a database's machine, as root, and starts the database in a container.
#
# What it is to do stands in the instance's metadata (database-*, see database_vm.py). It can be run
# again at any time: `sudo systemctl restart google-startup-scripts`. Either it has all that it needs,
# or it says in one line what is missing, and starts nothing. What it says is on the serial console,
# and from there in Cloud Logging.
#
# Only what Container-Optimized OS has: bash, coreutils, util-linux, e2fsprogs, curl, iptables, systemd
# and Docker; neither Python nor jq. /mnt/disks and /run are in memory there: mount points are made at
# each boot, and a secret in /run is never written to a disk.
set -euo pipefail
shopt -s inherit_errexit
umask 077

# The tests have their own.
metadata_server=${METADATA_SERVER:-http://metadata.google.internal}
secret_manager=${SECRET_MANAGER:-https://secretmanager.googleapis.com}
disk=${DATA_DISK:-/dev/disk/by-id/google-data}
mount_point=${MOUNT_POINT:-/mnt/disks/data}
run=${RUN_DIRECTORY:-/run/database}
serial_port=${SERIAL_PORT:-/dev/ttyS0}
# A new grant can take some minutes to be in force (IAM, "Access change propagation").
attempts=${ATTEMPTS:-60}
pause=${PAUSE:-10} # seconds

log() {
    printf 'database start-up: %s\n' "$*" >&2
}

fail() {
    log "ERROR: $*"
    exit 1
}

persistently() { # command...
    local attempt
    for ((attempt = 1; attempt <= attempts; attempt++)); do
        if "$@"; then return 0; fi
        if ((attempt < attempts)); then sleep "$pause"; fi
    done
    return 1
}

# Asks a server once; leaves what it says in `answer`, and in `status` 200 or what went wrong. A
# header with a token comes by standard input: arguments are for everybody on the machine to see.
ask() { # url [options for curl...]
    local url=$1
    shift
    status='no answer'
    if answer=$(curl --silent --max-time 20 --write-out '\n%{http_code}' "$@" -- "$url"); then
        status="status ${answer##*$'\n'}"
        answer=${answer%$'\n'*}
    fi
    [[ $status == 'status 200' ]]
}

ask_metadata() { # path
    ask "$metadata_server/computeMetadata/v1/instance/$1" --header 'Metadata-Flavor: Google'
}

metadata_is_there() { # path
    ask_metadata "$1" || [[ $status == 'status 404' ]]
}

# Prints an attribute of the instance; nothing where there is none.
attribute() { # name
    persistently metadata_is_there "attributes/$1" ||
        fail "the metadata server does not tell the attribute $1: $status"
    if [[ $status == 'status 200' ]]; then printf '%s' "$answer"; fi
}

required() { # name
    local value
    value=$(attribute "$1")
    [[ -n $value ]] || fail "the instance's metadata has no attribute $1"
    printf '%s' "$value"
}

# The machine's own access token, in `token`.
get_token() {
    ask_metadata service-accounts/default/token || return 1
    [[ $answer =~ \"access_token\"[[:space:]]*:[[:space:]]*\"([^\"]+)\" ]] || return 1
    token=${BASH_REMATCH[1]}
}

# The secret's value, in `secret`.
get_secret() {
    if ! get_token; then
        status="no token from the metadata server, $status"
        return 1
    fi
    if ! ask "$secret_manager/v1/$secret_version:access" --header @- \
        <<<"Authorization: Bearer $token"; then
        if [[ $answer =~ \"message\"[[:space:]]*:[[:space:]]*\"([^\"]+)\" ]]; then
            status+=" (${BASH_REMATCH[1]})"
        fi
        return 1
    fi
    if [[ ! $answer =~ \"data\"[[:space:]]*:[[:space:]]*\"([A-Za-z0-9+/]+=*)\" ]]; then
        status='no value in the answer'
        return 1
    fi
    # The dot keeps the line breaks that the value may end with.
    if ! secret=$(base64 -d <<<"${BASH_REMATCH[1]}" && printf .); then
        status='a value that is not in base64'
        return 1
    fi
    secret=${secret%.}
}

# Prints a text as a string of YAML, which is one of JSON, too.
quoted() { # text
    local text=$1 code character escape
    # The backslash, first, and the quotation mark; then what cannot be printed.
    for code in 92 34 {1..31} 127; do
        printf -v character '%b' "\\x$(printf %02x "$code")"
        printf -v escape '\\u%04x' "$code"
        text=${text//"$character"/"$escape"}
    done
    printf '"%s"' "$text"
}

# Writes the secret, in its template, to a file that the container's user alone can read.
write_secret() {
    local file=$run/secret placeholder='{secret}' value=$secret
    if [[ $secret_template == *'{secret:yaml}'* ]]; then
        placeholder='{secret:yaml}'
        value=$(quoted "$secret")
    fi
    # Not by substitution, to which some characters of a value are special.
    printf '%s' "${secret_template%%"$placeholder"*}$value${secret_template#*"$placeholder"}" \
        >"$file.new"
    chmod 0400 "$file.new"
    chown "$user" "$file.new"
    mv "$file.new" "$file"
}

has_image() {
    docker image inspect "$image" >/dev/null 2>&1
}

log_in() {
    local host=${image%%/*}
    if [[ $host != *.pkg.dev ]]; then return; fi
    get_token || return 1
    docker --config "$run/docker" login --username oauth2accesstoken --password-stdin \
        "https://$host" <<<"$token" >/dev/null
}

# What Docker is told to log in with is in memory, and only while it pulls.
pull_image() {
    local failed=0
    { log_in && docker --config "$run/docker" pull --quiet "$image" >/dev/null; } || failed=1
    rm -rf "$run/docker"
    return "$failed"
}

is_zero() { # reads standard input
    [[ $(tr -d '\0' | head -c 1 | wc -c) -eq 0 ]]
}

# Whether nothing was ever written to the disk, as far as one can tell without reading all of it.
is_blank() {
    local found=0
    blkid -p "$disk" >/dev/null || found=$?
    # 2: no signature of a file system, a partition table or anything else that is known
    ((found == 2)) && head -c 1M "$disk" | is_zero && tail -c 1M "$disk" | is_zero
}

mount_disk() {
    local found=0
    if mountpoint -q "$mount_point"; then return; fi
    persistently test -e "$disk" || fail "the data disk $disk does not appear"
    if is_blank; then
        log "the data disk is blank: making a file system"
        # -F: it is a whole disk and has no partitions.
        mkfs.ext4 -q -F -m 0 -L database "$disk" >&2 || fail "$disk cannot be formatted"
    fi
    [[ $(blkid -p -s TYPE -o value "$disk") == ext4 ]] ||
        fail "the data disk $disk is neither blank nor an ext4 file system, and is left as it is"
    # -f: all of it, without which resize2fs refuses; and that does nothing when nothing has grown.
    e2fsck -f -p "$disk" >&2 || found=$?
    ((found <= 1)) || # 1: had errors, all corrected
        fail "the file system of $disk has errors that e2fsck does not correct by itself ($found)"
    resize2fs "$disk" >&2 || fail "the file system of $disk cannot grow with its disk"
    mkdir -p "$mount_point"
    mount -t ext4 -o nodev,noexec,nosuid "$disk" "$mount_point" || fail "$disk cannot be mounted"
}

# A folder on the disk, not the disk itself: without the disk there is none, and Docker starts nothing.
make_data_directory() {
    [[ -d $data ]] || install -d -m 0700 -o "${user%:*}" -g "${user#*:}" "$data"
}

# What runs in a container has no use for the machine's identity. Names are resolved over UDP.
keep_token_from_containers() {
    local rule=(DOCKER-USER -d 169.254.169.254 -p tcp -j REJECT)
    iptables -w -C "${rule[@]}" 2>/dev/null || iptables -w -I "${rule[@]}" ||
        fail "containers cannot be kept from the metadata server"
}

# Docker opens the published port in the host's firewall.
run_container() {
    local options=()
    if [[ $read_only == true ]]; then options=(--read-only --tmpfs /tmp); fi
    docker stop --time 120 "$name" >/dev/null 2>&1 || true # none is there
    docker rm --force --volumes "$name" >/dev/null 2>&1 || true
    docker run --detach --pull never --name "$name" --restart unless-stopped --stop-timeout 120 \
        --log-driver json-file --log-opt max-size=10m --log-opt max-file=5 \
        --cap-drop ALL --security-opt no-new-privileges --user "$user" "${options[@]}" \
        --publish "$port:$port" --env-file "$run/environment" \
        --mount "type=bind,source=$data,target=$data_path" \
        --mount "type=bind,source=$run/secret,target=$secret_path,readonly" \
        "$image" >/dev/null || fail "the container $name does not start"
    docker image prune --all --force >/dev/null || log "older images are still there"
}

# Says on the serial port, once a minute, that the database answers: an alert misses it. The container
# itself is asked, for at the published port Docker takes the connection.
keep_a_heartbeat() {
    cat >"$run/heartbeat" <<'EOF'
address=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' "$1") || exit
code=0
curl --silent --output /dev/null --max-time 10 "http://$address:$2/" || code=$?
# 1, 52 and 56: it answers, or hangs up, as one that speaks no HTTP.
case $code in 0 | 1 | 52 | 56) echo "database heartbeat: $1 answers" >"$3" ;; esac
EOF
    systemctl stop database-heartbeat.timer 2>/dev/null || true # none is there
    systemd-run --quiet --collect --unit=database-heartbeat --on-calendar=minutely \
        bash "$run/heartbeat" "$name" "$port" "$serial_port" || fail "there is no heartbeat of $name"
}

# Succeeds when the database takes the secret, and also when it says that it does not.
has_judged_secret() {
    verdict=$(docker exec "$name" sh -c "$check" 2>&1) || [[ $verdict == *unauthorized* ]]
}

check_secret() {
    if [[ -z $check ]]; then return; fi
    persistently has_judged_secret || fail "$name was started, and does not answer: ${verdict##*$'\n'}"
    if [[ $verdict == *unauthorized* ]]; then
        fail "$name runs, but has another password than $secret_version, which counts for a new" \
            "database only: see docs/runbooks/$name-password.md"
    fi
}

mkdir -p "$run"
name=$(required database-name)
image=$(required database-image)
port=$(required database-port)
user=$(required database-user)
data_path=$(required database-data-path)
secret_version=$(required database-secret)
secret_path=$(required database-secret-path)
secret_template=$(required database-secret-template)
read_only=$(attribute database-read-only)
check=$(attribute database-check)
attribute database-environment >"$run/environment"
data=$mount_point/$name

if ! persistently get_secret; then
    why=$status
    ask_metadata service-accounts/default/email || answer="the machine's service account"
    fail "cannot read the secret $secret_version: $why. $answer needs the role" \
        "roles/secretmanager.secretAccessor on it"
fi
has_image || persistently pull_image || fail "the image $image cannot be pulled"
mount_disk
make_data_directory
write_secret
keep_token_from_containers
run_container
keep_a_heartbeat
check_secret
log "$name runs"
